{# An off-cycle run takes no day, so that nothing of a day is paid twice: it begins where it ends, and what it pays was
   earned in the period that has its last day. So does an open period that has days in common with a closed one, or with
   one that is longer or was delivered first. #}
with delivered as (

    {{ newest_rows('stg_payroll__pay_periods', ['pay_period_id']) }}

),

pay_groups as (

    select * from {{ ref('int_pay_groups_current') }}

),

closes as (

    select pay_period_id from {{ ref('int_pay_periods_closed') }}

),

placed as (

    select
        delivered.pay_period_id,
        delivered.pay_group,
        coalesce(delivered.kind, 'regular') as kind,
        delivered.items,
        closes.pay_period_id is not null as is_closed,
        delivered.starts_on,
        {{ days_later('delivered.ends_on', 1) }} as ends_before_on,
        delivered.paid_on,
        row_number() over (
            partition by delivered.pay_group
            order by
                case when closes.pay_period_id is null then 1 else 0 end,
                {{ days_between('delivered.starts_on', 'delivered.ends_on') }} desc,
                delivered.load_id asc,
                delivered.file_path asc,
                delivered.line_number asc
        ) as place
    from delivered
    left join closes
        on delivered.pay_period_id = closes.pay_period_id

),

with_days as (

    select * from placed
    where kind = 'regular'

),

overlapped as (

    select
        later.pay_period_id,
        min(earlier.pay_period_id) as overlapped_pay_period_id
    from with_days as later
    inner join with_days as earlier
        on
            later.pay_group = earlier.pay_group
            and later.place > earlier.place
            and later.starts_on < earlier.ends_before_on
            and later.ends_before_on > earlier.starts_on
    where not later.is_closed
    group by later.pay_period_id

),

with_groups as (

    select
        placed.pay_period_id,
        placed.pay_group,
        placed.kind,
        placed.items,
        overlapped.overlapped_pay_period_id,
        pay_groups.currency,
        pay_groups.time_zone,
        pay_groups.frequency,
        pay_groups.workweek_starts_on,
        cast(extract(year from placed.paid_on) as integer) as tax_year,
        placed.kind = 'regular' and overlapped.pay_period_id is null as has_days,
        placed.starts_on,
        placed.ends_before_on,
        placed.paid_on
    from placed
    left join overlapped
        on placed.pay_period_id = overlapped.pay_period_id
    left join pay_groups
        on placed.pay_group = pay_groups.pay_group

),

earned_in as (

    select
        runs.pay_period_id,
        min(regular.pay_period_id) as earned_period_id,
        min(regular.starts_on) as starts_on,
        max(regular.ends_before_on) as ends_before_on
    from with_groups as runs
    inner join with_groups as regular
        on
            runs.pay_group = regular.pay_group
            and runs.ends_before_on > regular.starts_on
            and runs.ends_before_on <= regular.ends_before_on
    where
        not runs.has_days
        and regular.has_days
    group by runs.pay_period_id

)

select
    with_groups.pay_period_id,
    with_groups.pay_group,
    with_groups.kind,
    with_groups.items,
    with_groups.overlapped_pay_period_id,
    coalesce(earned_in.earned_period_id, with_groups.pay_period_id) as earned_period_id,
    cast(coalesce(earned_in.starts_on, with_groups.starts_on) as string) || '/'
    || cast(coalesce(earned_in.ends_before_on, with_groups.ends_before_on) as string) as earned_in,
    with_groups.currency,
    with_groups.time_zone,
    with_groups.frequency,
    with_groups.workweek_starts_on,
    case with_groups.frequency
        when 'weekly' then 52
        when 'biweekly' then 26
        when 'semimonthly' then 24
        when 'monthly' then 12
    end as periods_per_year,
    with_groups.tax_year,
    cast(
        row_number() over (
            partition by with_groups.pay_group, with_groups.tax_year
            order by with_groups.paid_on, with_groups.starts_on, with_groups.pay_period_id
        ) as integer
    ) as period_number,
    with_groups.has_days,
    case when with_groups.has_days then with_groups.starts_on else with_groups.ends_before_on end as starts_on,
    with_groups.ends_before_on,
    with_groups.paid_on
from with_groups
left join earned_in
    on with_groups.pay_period_id = earned_in.pay_period_id
