with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'details'

),

open_items as (

    {{ open_items('details') }}

),

detail_references as (

    select * from {{ ref('int_bank_line_references') }}

),

bank_items as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.calendar_code,
        open_items.currency,
        open_items.amount,
        open_items.business_day_number,
        open_items.counted_on,
        detail_references.reference_key,
        detail_references.detail_count,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger
    from open_items
    inner join detail_references
        on open_items.item_id = detail_references.item_id
    inner join rules
        on open_items.account_id = rules.account_id
    where open_items.side = 'bank'

),

candidates as (

    select
        bank_items.*,
        ledger_items.item_id as ledger_item_id,
        ledger_items.amount as ledger_amount,
        ledger_items.business_day_number as ledger_day,
        ledger_items.counted_on as ledger_counted_on,
        count(*) over (partition by bank_items.item_id, bank_items.reference_key) as ledger_items_of_reference,
        count(*) over (partition by ledger_items.item_id) as bank_items_of_ledger_item
    from bank_items
    inner join open_items as ledger_items
        on
            bank_items.account_id = ledger_items.account_id
            and bank_items.currency = ledger_items.currency
            and bank_items.reference_key = ledger_items.reference_key
            and bank_items.business_day_number - ledger_items.business_day_number
            between -bank_items.bank_days_before_ledger and bank_items.bank_days_after_ledger
    where ledger_items.side = 'ledger'

),

groups as (

    select
        item_id as bank_item_id,
        max(calendar_code) as calendar_code,
        max(rule_code) as rule_code,
        max(posting) as posting,
        max(wait_days) as wait_days,
        greatest(max(business_day_number), max(ledger_day)) as completed_day,
        greatest(max(counted_on), max(ledger_counted_on)) as completed_on
    from candidates
    where
        ledger_items_of_reference = 1
        and bank_items_of_ledger_item = 1
    group by item_id
    having
        count(*) = max(detail_count)
        and sum(ledger_amount) = max(amount)

),

claimed_items as (

    select
        bank_item_id,
        bank_item_id as item_id
    from groups
    union all
    select
        item_id as bank_item_id,
        ledger_item_id as item_id
    from candidates

),

members as (

    select
        claimed_items.item_id,
        groups.calendar_code,
        groups.rule_code,
        groups.posting,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['groups.rule_code', 'groups.bank_item_id']) }} as match_id,
        groups.wait_days,
        groups.completed_day,
        groups.completed_on
    from groups
    inner join claimed_items
        on groups.bank_item_id = claimed_items.bank_item_id

)

{{ claims('members') }}
