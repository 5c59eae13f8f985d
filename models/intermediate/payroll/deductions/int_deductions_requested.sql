{# Of the garnishments of a payslip, support comes first, then each in the order of its receipt (order_place). #}
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
        '' as order_id,
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
        order_id,
        sum(taken_amount) as taken_amount
    from closed
    group by employee_id, pay_item_code, order_id

),

requested as (

    select
        coalesce(recurring_items.payslip_id, one_time_items.payslip_id) as payslip_id,
        coalesce(recurring_items.pay_item_code, one_time_items.pay_item_code) as pay_item_code,
        recurring_items.order_id,
        recurring_items.order_kind,
        recurring_items.calculation,
        recurring_items.value,
        recurring_items.yearly_limit,
        recurring_items.total_limit,
        recurring_items.supports_another_family,
        recurring_items.is_in_arrears,
        recurring_items.order_received_on,
        coalesce(one_time_items.amount, cast(0 as decimal(28, 5))) as one_time_amount
    from recurring_items
    full outer join one_time_items
        on
            recurring_items.payslip_id = one_time_items.payslip_id
            and recurring_items.pay_item_code = one_time_items.pay_item_code
            and coalesce(recurring_items.order_id, '') = one_time_items.order_id

)

select
    payslips.payslip_id,
    payslips.pay_period_id,
    payslips.employee_id,
    requested.pay_item_code,
    requested.order_id,
    requested.order_kind,
    pay_items.calculation_step,
    requested.calculation,
    pay_items.line_order,
    cast(
        row_number() over (
            partition by payslips.payslip_id, requested.pay_item_code
            order by
                case requested.order_kind
                    when 'support' then 1
                    when 'tax_levy' then 2
                    when 'student_loan' then 3
                    else 4
                end,
                coalesce(requested.order_received_on, cast('9999-01-01' as date)),
                coalesce(requested.order_id, '')
        ) as integer
    ) as order_place,
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
    requested.supports_another_family,
    requested.is_in_arrears,
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
        and coalesce(requested.order_id, '') = coalesce(closed_in_year.order_id, '')
        and payslips.tax_year = closed_in_year.tax_year
left join closed_in_all
    on
        payslips.employee_id = closed_in_all.employee_id
        and requested.pay_item_code = closed_in_all.pay_item_code
        and coalesce(requested.order_id, '') = coalesce(closed_in_all.order_id, '')
