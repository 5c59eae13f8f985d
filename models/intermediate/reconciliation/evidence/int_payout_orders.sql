{# The orders that a processor's report lists, and the payments that the bank lists of a batch, found in the books one
   by one: by reference and amount, before the fee or behind it. A payout is complete when all of it is found; what the
   fees come to is then its difference, unless the books have them under the payout's name. #}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where
        pass_code = 'details'
        and difference_kind = 'fee'

),

{# The payments of a batch are looked for as near as one number is elsewhere: a tenant's number is that of each
   month. #}
rules_of_batches as (

    select
        rules_of_details.account_id,
        rules_of_details.rule_code,
        rules_of_details.posting,
        rules_of_details.wait_days,
        rules_of_numbers.bank_days_before_ledger,
        rules_of_numbers.bank_days_after_ledger
    from {{ ref('int_rules_by_account') }} as rules_of_details
    inner join {{ ref('int_rules_by_account') }} as rules_of_numbers
        on
            rules_of_details.account_id = rules_of_numbers.account_id
            and rules_of_numbers.pass_code = 'reference_group'
            and rules_of_numbers.bank_key = 'words'
    where
        rules_of_details.pass_code = 'details'
        and rules_of_details.difference_kind is null

),

open_items as (

    {{ open_items('details') }}

),

batch_payments as (

    select
        open_items.item_id,
        details.line_detail_id as part_id,
        details.amount,
        open_items.amount as batch_amount,
        {{ reference_words([
            'details.reference',
            'details.creditor_reference',
            'details.document_numbers',
            'details.end_to_end_id',
            'details.instruction_id',
            'details.customer_reference',
            'details.memo',
        ]) }} as reference_words
    from {{ ref('stg_bank__statement_line_details') }} as details
    inner join {{ ref('int_bank_statement_lines_classified') }} as bank_lines
        on
            details.delivered_line_id = bank_lines.delivered_line_id
            and bank_lines.disposition = 'kept'
    inner join open_items
        on bank_lines.statement_line_id = open_items.item_id
    where open_items.business_day_number is not null

),

batches as (

    select
        item_id,
        count(*) as line_count
    from batch_payments
    group by item_id
    having
        count(*) > 1
        and sum(amount) = max(batch_amount)

),

payouts as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.calendar_code,
        open_items.currency,
        open_items.amount,
        open_items.business_day_number,
        open_items.counted_on,
        cast(null as string) as payout_id,
        cast(null as string) as payout_reference,
        cast(0 as decimal(28, 5)) as fee_amount,
        batches.line_count,
        rules_of_batches.rule_code,
        rules_of_batches.posting,
        cast(null as string) as difference_kind,
        rules_of_batches.bank_days_before_ledger,
        rules_of_batches.bank_days_after_ledger,
        rules_of_batches.wait_days
    from batches
    inner join open_items
        on batches.item_id = open_items.item_id
    inner join rules_of_batches
        on open_items.account_id = rules_of_batches.account_id
    union all
    select
        open_items.item_id,
        open_items.account_id,
        open_items.calendar_code,
        open_items.currency,
        open_items.amount,
        open_items.business_day_number,
        open_items.counted_on,
        payouts.payout_id,
        payouts.payout_reference,
        payouts.fee_amount,
        payouts.line_count,
        rules.rule_code,
        rules.posting,
        rules.difference_kind,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger,
        rules.wait_days
    from {{ ref('fct_payouts') }} as payouts
    inner join open_items
        on payouts.statement_line_id = open_items.item_id
    inner join rules
        on open_items.account_id = rules.account_id
    where
        payouts.status = 'proved'
        and payouts.carried_amount = 0
        and open_items.business_day_number is not null

),

{# The fees together are one amount, which the books may have; not beside orders that are booked behind their fee. #}
parts as (

    select
        payouts.item_id,
        payout_lines.settlement_line_id as part_id,
        false as is_fee,
        payout_lines.gross_amount,
        payout_lines.net_amount,
        payout_lines.reference,
        {{ reference_words([
            'payout_lines.reference',
            'payout_lines.transaction_reference',
            'payout_lines.memo',
        ]) }} as reference_words
    from {{ ref('fct_payout_lines') }} as payout_lines
    inner join payouts
        on payout_lines.payout_id = payouts.payout_id
    where
        payout_lines.disposition = 'kept'
        and payout_lines.settlement_kind not in ('fee', 'payout', 'summary')
    union all
    select
        batch_payments.item_id,
        batch_payments.part_id,
        false as is_fee,
        batch_payments.amount as gross_amount,
        batch_payments.amount as net_amount,
        cast(null as string) as reference,
        batch_payments.reference_words
    from batch_payments
    inner join batches
        on batch_payments.item_id = batches.item_id
    union all
    select
        item_id,
        payout_id as part_id,
        true as is_fee,
        fee_amount as gross_amount,
        cast(0 as decimal(28, 5)) as net_amount,
        payout_reference as reference,
        {{ reference_words(['payout_reference']) }} as reference_words
    from payouts
    where fee_amount <> 0

),

styles as (

    select 'gross' as style
    union all
    select 'net' as style

),

keys as (

    select distinct
        styled.item_id,
        styled.part_id,
        styled.is_fee,
        styled.style,
        styled.amount,
        {{ normalized_reference('styled.reference_text') }} as match_key
    from (
        select
            parts.item_id,
            parts.part_id,
            parts.is_fee,
            styles.style,
            case when styles.style = 'gross' then parts.gross_amount else parts.net_amount end as amount,
            parts.reference as reference_text
        from parts
        cross join styles
        where parts.reference is not null
        union all
        select
            parts.item_id,
            parts.part_id,
            parts.is_fee,
            styles.style,
            case when styles.style = 'gross' then parts.gross_amount else parts.net_amount end as amount,
            {{ each_word('parts.reference_words') }} as reference_text
        from parts
        cross join styles
    ) as styled

),

receiving as (

    select distinct
        account_id,
        currency
    from payouts

),

{# Of accounts that receive payouts. #}
ledger_items as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.currency,
        open_items.reference_key,
        open_items.reference_words,
        open_items.amount,
        open_items.business_day_number,
        open_items.counted_on
    from open_items
    inner join receiving
        on
            open_items.account_id = receiving.account_id
            and open_items.currency = receiving.currency
    where
        open_items.side = 'ledger'
        and open_items.amount <> 0
        and open_items.business_day_number is not null

),

ledger_words as (

    select
        item_id,
        {{ each_word('reference_words') }} as word
    from ledger_items

),

ledger_keys as (

    select
        item_id,
        reference_key as match_key
    from ledger_items
    where reference_key is not null
    union
    select
        item_id,
        {{ normalized_reference('word') }} as match_key
    from ledger_words

),

found as (

    select distinct
        payouts.item_id,
        keys.style,
        keys.part_id,
        keys.is_fee,
        payouts.business_day_number as payout_day,
        ledger_items.item_id as ledger_item_id,
        ledger_items.amount,
        ledger_items.business_day_number,
        ledger_items.counted_on
    from keys
    inner join payouts
        on keys.item_id = payouts.item_id
    inner join ledger_keys
        on keys.match_key = ledger_keys.match_key
    inner join ledger_items
        on
            ledger_keys.item_id = ledger_items.item_id
            and payouts.account_id = ledger_items.account_id
            and payouts.currency = ledger_items.currency
            and keys.amount = ledger_items.amount
            and payouts.business_day_number - ledger_items.business_day_number
            between -payouts.bank_days_before_ledger and payouts.bank_days_after_ledger

),

{# Where one reference and amount stands several times, the first is of the first. #}
ranked as (

    select
        *,
        row_number() over (
            partition by style, part_id order by business_day_number, ledger_item_id
        ) as place_in_part,
        row_number() over (
            partition by style, ledger_item_id order by payout_day, part_id
        ) as place_in_books
    from found

),

pairs as (

    select
        *,
        count(*) over (partition by style, part_id) as items_of_part,
        count(*) over (partition by style, ledger_item_id) as parts_of_item
    from ranked
    where place_in_part = place_in_books

),

single_pairs as (

    select *
    from pairs
    where
        items_of_part = 1
        and parts_of_item = 1

),

wanted as (

    select
        parts.item_id,
        parts.part_id,
        parts.is_fee,
        styles.style,
        parts.reference,
        case when styles.style = 'gross' then parts.gross_amount else parts.net_amount end as part_amount
    from parts
    cross join styles
    where case when styles.style = 'gross' then parts.gross_amount else parts.net_amount end <> 0

),

located as (

    select
        wanted.item_id,
        wanted.part_id,
        wanted.is_fee,
        wanted.style,
        wanted.reference,
        wanted.part_amount,
        single_pairs.ledger_item_id,
        single_pairs.amount,
        single_pairs.business_day_number,
        single_pairs.counted_on
    from wanted
    left join single_pairs
        on
            wanted.style = single_pairs.style
            and wanted.part_id = single_pairs.part_id

),

totals as (

    select
        item_id,
        style,
        sum(amount) as amount,
        sum(case when is_fee or ledger_item_id is not null then 0 else 1 end) as lacking_count,
        sum(case when is_fee or ledger_item_id is null then 0 else 1 end) as found_count,
        max(business_day_number) as business_day_number,
        max(counted_on) as counted_on
    from located
    group by item_id, style

),

{# Orders booked behind their fee leave no difference. #}
chosen as (

    select *
    from (
        select
            *,
            row_number() over (partition by item_id order by lacking_count, style) as place
        from totals
    ) as placed
    where place = 1

)

select
    located.part_id,
    located.item_id as bank_item_id,
    located.ledger_item_id,
    {{ surrogate_key(['payouts.rule_code', 'located.item_id']) }} as match_id,
    payouts.calendar_code,
    payouts.rule_code,
    payouts.posting,
    case when chosen.amount <> payouts.amount then payouts.difference_kind end as difference_kind,
    located.reference,
    payouts.wait_days,
    located.part_amount as amount,
    greatest(chosen.business_day_number, payouts.business_day_number) as completed_day,
    chosen.lacking_count = 0 and chosen.found_count > 0 as is_complete,
    greatest(chosen.counted_on, payouts.counted_on) as completed_on
from located
inner join chosen
    on
        located.item_id = chosen.item_id
        and located.style = chosen.style
inner join payouts
    on located.item_id = payouts.item_id
where
    not located.is_fee
    or located.ledger_item_id is not null
