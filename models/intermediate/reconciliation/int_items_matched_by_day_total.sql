with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'day_total'

),

open_items as (

    {{ open_items('day_total') }}

),

day_items as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.currency,
        kinds.kind,
        sign(open_items.amount) as direction,
        open_items.business_day_number,
        open_items.amount,
        open_items.counted_on,
        open_items.item_on
    from open_items
    inner join (
        select 'all' as kind
        union all
        select 'unreferenced' as kind
    ) as kinds
        on kinds.kind = 'all' or open_items.reference_key is null
    where open_items.side = 'ledger'

),

day_totals as (

    select
        account_id,
        currency,
        direction,
        business_day_number,
        item_on,
        min(kind) as kind,
        amount,
        counted_on
    from (
        select
            account_id,
            currency,
            kind,
            direction,
            business_day_number,
            item_on,
            max(counted_on) as counted_on,
            sum(amount) as amount
        from day_items
        group by account_id, currency, kind, direction, business_day_number, item_on
        having count(*) > 1
    ) as totals
    group by account_id, currency, direction, business_day_number, item_on, amount, counted_on

),

candidates as (

    select
        bank_items.item_id as bank_item_id,
        bank_items.account_id,
        bank_items.calendar_code,
        bank_items.currency,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        day_totals.kind,
        day_totals.direction,
        day_totals.item_on,
        greatest(bank_items.business_day_number, day_totals.business_day_number) as completed_day,
        greatest(bank_items.counted_on, day_totals.counted_on) as completed_on,
        count(*) over (partition by bank_items.item_id) as bank_candidates,
        count(*) over (
            partition by day_totals.account_id, day_totals.currency, day_totals.direction, day_totals.item_on
        ) as day_candidates
    from open_items as bank_items
    inner join day_totals
        on
            bank_items.account_id = day_totals.account_id
            and bank_items.currency = day_totals.currency
            and bank_items.amount = day_totals.amount
    inner join rules
        on
            bank_items.account_id = rules.account_id
            and bank_items.business_day_number - day_totals.business_day_number
            between -rules.bank_days_before_ledger and rules.bank_days_after_ledger
    where bank_items.side = 'bank'

),

accepted as (

    select
        *,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'bank_item_id']) }} as match_id
    from candidates
    where
        bank_candidates = 1
        and day_candidates = 1

),

members as (

    select
        accepted.bank_item_id as item_id,
        accepted.*
    from accepted
    union all
    select
        day_items.item_id,
        accepted.*
    from accepted
    inner join day_items
        on
            accepted.account_id = day_items.account_id
            and accepted.currency = day_items.currency
            and accepted.kind = day_items.kind
            and accepted.direction = day_items.direction
            and accepted.item_on = day_items.item_on

)

{{ claims('members') }}
