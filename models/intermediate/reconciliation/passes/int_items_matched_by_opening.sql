{# The bank's opening balance is no payment: it is what the books hold when the bank's first day begins, however long
   before that they were opened. Whatever else the books tell from before that day was outstanding. #}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'opening'

),

open_items as (

    {{ open_items('opening') }}

),

openings as (

    select
        open_items.*,
        rules.rule_code,
        rules.posting,
        rules.difference_kind,
        rules.wait_days,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger
    from open_items
    inner join rules
        on open_items.account_id = rules.account_id
    where open_items.item_kind = 'opening_balance'

),

opening_entries as (

    select {{ surrogate_key(["'ledger'", 'journal_line_id']) }} as item_id
    from {{ ref('int_journal_lines_classified') }}
    where
        disposition = 'kept'
        and lower(document_type) like 'opening%'

),

claimed_items as (

    select item_id
    from {{ ref('int_items_matched_by_reference') }}
    where posting = 'automatic'

),

candidates as (

    select
        openings.item_id as opening_item_id,
        openings.amount as opening_amount,
        ledger_items.item_id,
        ledger_items.amount,
        ledger_items.business_day_number,
        ledger_items.counted_on,
        ledger_items.amount = openings.amount as is_equal,
        claimed_items.item_id is not null as is_claimed,
        opening_entries.item_id is not null as is_marked,
        opening_entries.item_id is not null
        and ledger_items.item_on = max(
            case when opening_entries.item_id is not null then ledger_items.item_on end
        ) over (partition by openings.item_id) as is_entry,
        ledger_items.item_on < openings.item_on as is_before
    from openings
    inner join {{ ref('int_items_pool') }} as ledger_items
        on
            openings.account_id = ledger_items.account_id
            and openings.currency = ledger_items.currency
    left join opening_entries
        on ledger_items.item_id = opening_entries.item_id
    left join claimed_items
        on ledger_items.item_id = claimed_items.item_id
    where
        ledger_items.side = 'ledger'
        and openings.business_day_number - ledger_items.business_day_number
        between -openings.bank_days_before_ledger and openings.bank_days_after_ledger
        and (opening_entries.item_id is not null or ledger_items.item_on <= openings.item_on)

),

{# The newest entry that the books call the opening, or all of them, then an equal amount, then all that they hold; only
   an entry that they call the opening may leave a difference, what was outstanding and not listed. #}
chosen as (

    select
        opening_item_id,
        case
            when sum(case when is_entry and is_equal and not is_claimed then 1 else 0 end) = 1 then 'equal_entry'
            when sum(case when is_entry and not is_claimed then amount end) = max(opening_amount) then 'entries'
            when sum(case when is_marked and not is_claimed then amount end) = max(opening_amount) then 'all_entries'
            when sum(case when is_equal and not is_claimed then 1 else 0 end) = 1 then 'equal_item'
            when
                sum(case when is_before then amount end) = max(opening_amount)
                and max(case when is_before and is_claimed then 1 else 0 end) = 0
                then 'all_before'
            when max(case when is_entry and not is_claimed then 1 else 0 end) = 1 then 'entries_with_difference'
        end as choice
    from candidates
    group by opening_item_id

),

claimed as (

    select
        candidates.opening_item_id,
        candidates.item_id,
        candidates.business_day_number,
        candidates.counted_on,
        chosen.choice
    from candidates
    inner join chosen
        on candidates.opening_item_id = chosen.opening_item_id
    where
        not candidates.is_claimed
        and case chosen.choice
            when 'equal_entry' then candidates.is_entry and candidates.is_equal
            when 'equal_item' then candidates.is_equal
            when 'all_entries' then candidates.is_marked
            when 'all_before' then candidates.is_before
            else chosen.choice is not null and candidates.is_entry
        end
    union all
    select
        openings.item_id as opening_item_id,
        openings.item_id,
        openings.business_day_number,
        openings.counted_on,
        chosen.choice
    from openings
    inner join chosen
        on openings.item_id = chosen.opening_item_id
    where chosen.choice is not null

),

members as (

    select
        claimed.item_id,
        openings.calendar_code,
        openings.rule_code,
        openings.posting,
        case when claimed.choice = 'entries_with_difference' then openings.difference_kind end as difference_kind,
        {{ surrogate_key(['openings.rule_code', 'openings.item_id']) }} as match_id,
        openings.wait_days,
        max(claimed.business_day_number) over (partition by openings.item_id) as completed_day,
        max(claimed.counted_on) over (partition by openings.item_id) as completed_on
    from claimed
    inner join openings
        on claimed.opening_item_id = openings.item_id

)

{{ claims('members') }}
