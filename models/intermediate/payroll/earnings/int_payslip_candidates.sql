{# Who left, and a run that pays what closed periods owe, have a payslip only where something is owed
   (is_only_if_owed). #}
with one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

leave_days as (

    select * from {{ ref('int_leave_days') }}

),

expected as (

    select
        pay_period_id,
        employee_id
    from {{ ref('int_employment_spans') }}
    union
    select
        pay_period_id,
        employee_id
    from {{ ref('int_worked_days') }}
    where pay_period_id is not null
    union
    select
        pay_period_id,
        employee_id
    from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null and (overtime_seconds > 0 or day_premium_seconds > 0)
    union
    select
        pay_period_id,
        employee_id
    from one_time_items
    union
    select
        pay_period_id,
        employee_id
    from leave_days
    where pay_period_id is not null

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

movers as (

    select employee_id from employees
    group by employee_id
    having count(distinct work_state) > 1

),

{# Where the work of a period was done: by the hours of who has some, otherwise by weekdays. #}
work_in_states as (

    select
        spans.pay_period_id,
        spans.employee_id,
        spans.work_state,
        spans.home_state,
        0 as worked_seconds,
        spans.weekdays
    from {{ ref('int_employment_spans') }} as spans
    inner join movers
        on spans.employee_id = movers.employee_id
    union all
    select
        worked_days.pay_period_id,
        worked_days.employee_id,
        employees.work_state,
        employees.home_state,
        worked_days.worked_seconds,
        0 as weekdays
    from {{ ref('int_worked_days') }} as worked_days
    inner join movers
        on worked_days.employee_id = movers.employee_id
    inner join employees
        on
            worked_days.employee_id = employees.employee_id
            and {{ in_force('employees', 'worked_days.worked_on') }}
    where worked_days.pay_period_id is not null

),

work_by_state as (

    select
        pay_period_id,
        employee_id,
        work_state,
        max(home_state) as home_state,
        sum(worked_seconds) as worked_seconds,
        sum(weekdays) as weekdays
    from work_in_states
    group by pay_period_id, employee_id, work_state

),

shares_of_states as (

    select
        pay_period_id,
        employee_id,
        work_state,
        home_state,
        {{ quotient('worked_seconds', 'sum(worked_seconds) over (partition by pay_period_id, employee_id)') }}
            as share_of_worked_seconds,
        {{ quotient('weekdays', 'sum(weekdays) over (partition by pay_period_id, employee_id)') }} as share_of_weekdays
    from work_by_state

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

open_periods as (

    select pay_periods.*
    from pay_periods
    left join closes
        on pay_periods.pay_period_id = closes.pay_period_id
    where closes.pay_period_id is null

),

{# The first open payday behind the last day of an employee. #}
paydays_of_leavers as (

    select
        open_periods.pay_period_id,
        employees.employee_id,
        row_number() over (
            partition by employees.employee_id order by open_periods.paid_on, open_periods.pay_period_id
        ) as place
    from employees
    inner join open_periods
        on
            employees.pay_group = open_periods.pay_group
            and employees.left_on < open_periods.starts_on
    where
        employees.effective_before_on is null
        and open_periods.has_days

),

owed as (

    select
        pay_period_id,
        employee_id
    from paydays_of_leavers
    where place = 1
    union
    select
        open_periods.pay_period_id,
        employees.employee_id
    from open_periods
    inner join employees
        on
            open_periods.pay_group = employees.pay_group
            and {{ in_force('employees', 'open_periods.ends_before_on') }}
    where open_periods.kind in ('correction', 'final')

),

candidates as (

    select
        pay_period_id,
        employee_id,
        min(only_if_owed) = 1 as is_only_if_owed
    from (
        select
            pay_period_id,
            employee_id,
            0 as only_if_owed
        from expected
        union all
        select
            pay_period_id,
            employee_id,
            1 as only_if_owed
        from owed
    ) as everybody
    group by pay_period_id, employee_id

),

last_days as (

    select
        candidates.*,
        employees.department,
        employees.work_state,
        employees.home_state
    from candidates
    inner join pay_periods
        on candidates.pay_period_id = pay_periods.pay_period_id
    left join employees
        on
            candidates.employee_id = employees.employee_id
            and {{ in_force('employees', days_later('pay_periods.ends_before_on', -1)) }}

),

{# Two states share the wages; of more no one is right, and a question says so. #}
other_states as (

    select
        states.pay_period_id,
        states.employee_id,
        max(states.work_state) as work_state,
        max(states.home_state) as home_state,
        cast(round(max(coalesce(states.share_of_worked_seconds, states.share_of_weekdays)) * 100, 5) as decimal(28, 5))
            as wages_percentage
    from shares_of_states as states
    inner join last_days
        on
            states.pay_period_id = last_days.pay_period_id
            and states.employee_id = last_days.employee_id
    where
        states.work_state <> last_days.work_state
        and coalesce(states.share_of_worked_seconds, states.share_of_weekdays) > 0
    group by states.pay_period_id, states.employee_id
    having count(*) = 1

)

select
    last_days.pay_period_id || '/' || last_days.employee_id as payslip_id,
    last_days.pay_period_id,
    last_days.employee_id,
    pay_periods.pay_group,
    pay_periods.kind,
    pay_periods.items,
    last_days.department,
    last_days.work_state,
    coalesce(reciprocity.home_state, last_days.work_state) as income_tax_state,
    other_states.work_state as other_work_state,
    coalesce(other_reciprocity.home_state, other_states.work_state) as other_income_tax_state,
    last_days.home_state,
    pay_periods.currency,
    pay_periods.periods_per_year,
    pay_periods.tax_year,
    other_states.wages_percentage as other_state_percentage,
    pay_periods.has_days,
    last_days.is_only_if_owed,
    closes.pay_period_id is null as is_open,
    pay_periods.starts_on,
    pay_periods.ends_before_on,
    pay_periods.paid_on
from last_days
inner join pay_periods
    on last_days.pay_period_id = pay_periods.pay_period_id
left join other_states
    on
        last_days.pay_period_id = other_states.pay_period_id
        and last_days.employee_id = other_states.employee_id
left join closes
    on last_days.pay_period_id = closes.pay_period_id
left join {{ ref('state_reciprocity') }} as reciprocity
    on
        last_days.work_state = reciprocity.work_state
        and last_days.home_state = reciprocity.home_state
        and {{ in_force('reciprocity', 'pay_periods.paid_on') }}
left join {{ ref('state_reciprocity') }} as other_reciprocity
    on
        other_states.work_state = other_reciprocity.work_state
        and other_states.home_state = other_reciprocity.home_state
        and {{ in_force('other_reciprocity', 'pay_periods.paid_on') }}
