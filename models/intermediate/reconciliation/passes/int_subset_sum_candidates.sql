with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'subset_sum'

),

open_items as (

    {{ open_items('subset_sum', knows_later=true) }}

),

items as (

    select
        open_items.*,
        rules.bank_key,
        {{ match_key('rules.bank_key') }} as match_key,
        {{ scripts('open_items.name_words') }} as scripts,
        {{ amount_roundness('open_items.amount') }} as roundness,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger,
        cast(floor(open_items.business_day_number / 8) as integer) as week_number,
        {{ day_step() }} as day_step
    from open_items
    inner join rules
        on open_items.account_id = rules.account_id
    where
        open_items.business_day_number is not null
        and open_items.item_kind <> 'opening_balance'

),

{# Only where no crowd of its key stands near an item are others looked at one by one; they are counted by weeks,
   without a join. #}
weeks as (

    select
        account_id,
        currency,
        bank_key,
        match_key,
        side,
        sign(amount) as direction,
        week_number,
        count(*) as item_count
    from items
    group by account_id, currency, bank_key, match_key, side, sign(amount), week_number

),

steps as (

    select -1 as step
    union all
    select 0 as step
    union all
    select 1 as step

),

day_steps as (

    select 0 as step
    union all
    select 1 as step

),

crowds as (

    select
        weeks.account_id,
        weeks.currency,
        weeks.bank_key,
        weeks.match_key,
        weeks.side,
        weeks.direction,
        weeks.week_number + steps.step as week_number
    from weeks
    cross join steps
    group by
        weeks.account_id,
        weeks.currency,
        weeks.bank_key,
        weeks.match_key,
        weeks.side,
        weeks.direction,
        weeks.week_number + steps.step
    having sum(weeks.item_count) > {{ var('subset_sum_nearby') }}

),

targets as (

    select
        items.*,
        items.day_step + case when items.side = 'bank' then day_steps.step else -day_steps.step end as near_day_step
    from items
    cross join day_steps
    left join crowds
        on
            items.account_id = crowds.account_id
            and items.currency = crowds.currency
            and items.bank_key = crowds.bank_key
            and items.match_key = crowds.match_key
            and items.side <> crowds.side
            and sign(items.amount) = crowds.direction
            and items.week_number = crowds.week_number
    where
        items.match_key is not null
        and crowds.week_number is null

),

near_items as (

    select
        targets.item_id as target_id,
        targets.bank_key,
        targets.amount as target_amount,
        items.item_id,
        items.amount,
        least(items.roundness, targets.roundness) as roundness,
        items.business_day_number
    from targets
    inner join items
        on
            targets.account_id = items.account_id
            and targets.currency = items.currency
            and targets.bank_key = items.bank_key
            and targets.match_key = items.match_key
            and targets.side <> items.side
            and sign(targets.amount) = sign(items.amount)
            and abs(items.amount) < abs(targets.amount)
            and targets.near_day_step = items.day_step
            and case when targets.side = 'bank' then 1 else -1 end
            * (targets.business_day_number - items.business_day_number)
            between -targets.bank_days_before_ledger and targets.bank_days_after_ledger
            and (
                targets.bank_key = 'counterparty'
                or not {{ names_another('targets.', 'items.', is_prepared=true) }}
            )

),

counted as (

    select
        *,
        count(*) over (partition by target_id, bank_key) as candidate_count,
        sum(case when bank_key = 'counterparty' then 1 else 0 end) over (partition by target_id)
            as items_of_counterparty,
        sum(abs(amount)) over (partition by target_id, bank_key) as candidate_total,
        min(roundness) over (partition by target_id, bank_key) as least_roundness,
        row_number() over (partition by target_id, bank_key order by business_day_number, item_id) as place
    from near_items

)

{# A counterparty that has several items near pays those and no others. #}
select
    target_id,
    item_id,
    bank_key,
    cast(candidate_count as integer) as candidate_count,
    cast(place as integer) as place,
    target_amount,
    amount,
    candidate_total,
    candidate_total * 1000 / cast(power(10, least_roundness) as bigint) as distinct_totals
from counted
where
    candidate_count between 2 and 16
    and candidate_total >= abs(target_amount)
    and (bank_key = 'counterparty' or items_of_counterparty < 2)
