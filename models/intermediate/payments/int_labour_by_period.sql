{# What each employee costs a department by week of work and month of pay. Hours are of the days worked, money is of the
   payslip, so a week has hours and a month has both. #}
with payslips as (

    select * from {{ ref('int_payslips_in_force') }}
    where status = 'calculated'

),

hours as (

    select
        payslips.payslip_id,
        sum(case when hours.hours_kind = 'overtime' then 0 else hours.hours end) as hours,
        sum(case when hours.hours_kind = 'overtime' then hours.hours else 0 end) as overtime_hours
    from payslips
    inner join {{ ref('int_payslip_hours') }} as hours
        on payslips.payslip_id = hours.payslip_id
    group by payslips.payslip_id

),

grains as (

    select 'week' as period_grain
    union all
    select 'month' as period_grain

)

select
    grains.period_grain,
    cast(
        case
            when grains.period_grain = 'week' then {{ dbt.date_trunc('week', 'payslips.paid_on') }}
            else {{ dbt.date_trunc('month', 'payslips.paid_on') }}
        end as date
    ) as period_starts_on,
    payslips.department,
    payslips.currency,
    payslips.employee_id,
    sum(coalesce(hours.hours, 0)) as hours,
    sum(coalesce(hours.overtime_hours, 0)) as overtime_hours,
    sum(payslips.gross_amount) as gross_amount,
    sum(payslips.employer_tax_amount) as employer_tax_amount
from payslips
left join hours
    on payslips.payslip_id = hours.payslip_id
cross join grains
group by
    grains.period_grain,
    cast(
        case
            when grains.period_grain = 'week' then {{ dbt.date_trunc('week', 'payslips.paid_on') }}
            else {{ dbt.date_trunc('month', 'payslips.paid_on') }}
        end as date
    ),
    payslips.department,
    payslips.currency,
    payslips.employee_id
