with controls as (

    select
        scope,
        count(*) as control_count,
        count(*) filter (where status = 'red') as red_count
    from marts.fct_payroll_controls
    group by scope

)

select
    periods.pay_period_id,
    periods.pay_group,
    periods.status,
    periods.payslip_count,
    periods.blocked_count,
    periods.question_count,
    periods.returned_count,
    coalesce(controls.control_count, 0) as control_count,
    coalesce(controls.red_count, 0) as red_count,
    periods.has_payday_come,
    periods.starts_on,
    periods.ends_before_on - 1 as ends_on,
    periods.paid_on,
    count(*) over () as total_count,
    count(*) filter (where periods.status = 'open' and periods.has_payday_come) over () as overdue_count
from marts.fct_pay_periods as periods
left join controls
    on controls.scope = concat('pay period ', periods.pay_period_id)
order by
    coalesce(controls.red_count, 0) = 0 and periods.question_count = 0 and periods.returned_count = 0,
    periods.paid_on desc,
    periods.pay_period_id
limit 15
