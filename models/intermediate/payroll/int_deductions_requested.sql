with payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

recurring_items as (

    select * from {{ ref('int_recurring_items_due') }}

),

one_time_items as (

    select
        pay_period_id || '/' || employee_id as payslip_id,
        pay_item_code,
        cast(-sum(amount) as decimal(28, 5)) as amount
    from {{ ref('int_one_time_items_current') }}
    group by pay_period_id, employee_id, pay_item_code

),

pay_items as (

    select * from {{ ref('pay_items') }}
    where line_kind in ('pretax', 'posttax', 'garnishment')

),

limits as (

    select * from {{ ref('pay_item_limits') }}

),

closed as (

    select * from {{ ref('int_closed_deductions') }}

),

closed_in_all as (

    select
        employee_id,
        pay_item_code,
        sum(taken_amount) as taken_amount
    from closed
    group by employee_id, pay_item_code

),

requested as (

    select
        coalesce(recurring_items.payslip_id, one_time_items.payslip_id) as payslip_id,
        coalesce(recurring_items.pay_item_code, one_time_items.pay_item_code) as pay_item_code,
        recurring_items.calculation,
        recurring_items.value,
        recurring_items.yearly_limit,
        recurring_items.total_limit,
        coalesce(one_time_items.amount, cast(0 as decimal(28, 5))) as one_time_amount
    from recurring_items
    full outer join one_time_items
        on
            recurring_items.payslip_id = one_time_items.payslip_id
            and recurring_items.pay_item_code = one_time_items.pay_item_code

)

select
    payslips.payslip_id,
    payslips.pay_period_id,
    payslips.employee_id,
    requested.pay_item_code,
    pay_items.calculation_step,
    requested.calculation,
    pay_items.line_order,
    payslips.tax_year,
    requested.value,
    requested.one_time_amount,
    least(
        coalesce(requested.yearly_limit, limits.yearly_limit),
        coalesce(limits.yearly_limit, requested.yearly_limit)
    ) as yearly_limit,
    requested.total_limit,
    cast(coalesce(closed_in_year.taken_amount, 0) as decimal(28, 5)) as year_taken_amount,
    cast(coalesce(closed_in_all.taken_amount, 0) as decimal(28, 5)) as total_taken_amount,
    payslips.paid_on
from requested
inner join payslips
    on requested.payslip_id = payslips.payslip_id
inner join pay_items
    on requested.pay_item_code = pay_items.pay_item_code
left join limits
    on
        requested.pay_item_code = limits.pay_item_code
        and {{ in_force('limits', 'payslips.paid_on') }}
left join closed as closed_in_year
    on
        payslips.employee_id = closed_in_year.employee_id
        and requested.pay_item_code = closed_in_year.pay_item_code
        and payslips.tax_year = closed_in_year.tax_year
left join closed_in_all
    on
        payslips.employee_id = closed_in_all.employee_id
        and requested.pay_item_code = closed_in_all.pay_item_code
