with delivered as (

    {{ newest_rows('stg_payroll__badges', ['badge', 'effective_on']) }}

),

badges as (

    select
        *,
        {{ effective_before(['badge'], ended_on='ended_on') }} as effective_before_on
    from delivered

),

employees as (

    select * from {{ ref('int_employees_current') }}

),

pay_groups as (

    select * from {{ ref('int_pay_groups_current') }}

),

carried as (

    select
        badges.badge,
        badges.employee_id,
        employees.job_code,
        pay_groups.time_zone,
        greatest(badges.effective_on, employees.effective_on, employees.hired_on) as from_on,
        least(
            coalesce(badges.ended_on, cast('9999-01-01' as date)),
            coalesce(badges.effective_before_on, cast('9999-01-01' as date)),
            coalesce(employees.effective_before_on, cast('9999-01-01' as date)),
            coalesce({{ days_later('employees.left_on', 1) }}, cast('9999-01-01' as date))
        ) as before_on
    from badges
    inner join employees
        on badges.employee_id = employees.employee_id
    inner join pay_groups
        on employees.pay_group = pay_groups.pay_group

),

dated as (

    select
        *,
        {{ day_starts_at('from_on', 'time_zone') }} as starts_at,
        {{ day_starts_at('before_on', 'time_zone') }} as ends_before_at
    from carried
    where from_on < before_on

),

followed as (

    select
        *,
        lead(starts_at) over (partition by badge order by starts_at, employee_id) as next_starts_at
    from dated

)

select
    badge,
    employee_id,
    job_code,
    time_zone,
    starts_at,
    least(ends_before_at, coalesce(next_starts_at, ends_before_at)) as ends_before_at,
    least(
        ends_before_at + interval {{ var('longest_shift_hours') }} hours,
        coalesce(next_starts_at, ends_before_at + interval {{ var('longest_shift_hours') }} hours)
    ) as last_out_before_at
from followed
where next_starts_at is null or starts_at < next_starts_at
