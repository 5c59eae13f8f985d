{# Items may share a limit of the year, as deferrals before and after tax do. Each is cut at it by itself, so together
   they can pass it; which of them to lower is the employee's choice. #}
with limits as (

    select * from {{ ref('pay_item_limits') }}

),

payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

lines as (

    {% for step in ['section_125', 'retirement', 'posttax'] -%}
    select
        payslip_id,
        pay_item_code,
        amount
    from {{ ref('int_' ~ step ~ '_deductions') }}
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

taken as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.tax_year,
        limits.limit_code,
        max(limits.source) as limit_source,
        max(limits.yearly_limit) as yearly_limit,
        -sum(lines.amount) as taken_amount,
        payslips.paid_on
    from lines
    inner join payslips
        on lines.payslip_id = payslips.payslip_id
    inner join limits
        on
            lines.pay_item_code = limits.pay_item_code
            and {{ in_force('limits', 'payslips.paid_on') }}
    group by
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.tax_year,
        limits.limit_code,
        payslips.paid_on

),

limit_codes as (

    select distinct
        pay_item_code,
        limit_code
    from limits

),

closed as (

    select
        deductions.employee_id,
        deductions.tax_year,
        limit_codes.limit_code,
        sum(deductions.taken_amount) as taken_amount
    from {{ ref('int_closed_deductions') }} as deductions
    inner join limit_codes
        on deductions.pay_item_code = limit_codes.pay_item_code
    group by deductions.employee_id, deductions.tax_year, limit_codes.limit_code

),

summed as (

    select
        *,
        sum(taken_amount) over {{ to_date(['tax_year', 'limit_code']) }} as taken_to_date
    from taken

)

select
    summed.payslip_id,
    summed.pay_period_id,
    summed.limit_code,
    concat(
        'Payslip ', summed.payslip_id, ' takes ', replace(summed.limit_code, '_', ' '), ' beyond ',
        {{ money_text('summed.yearly_limit') }}, ' in the year (', summed.limit_source,
        '), counting its pay items together: lower one in recurring_items'
    ) as question
from summed
left join closed
    on
        summed.employee_id = closed.employee_id
        and summed.tax_year = closed.tax_year
        and summed.limit_code = closed.limit_code
where
    summed.taken_amount > 0
    and summed.taken_to_date + coalesce(closed.taken_amount, 0) > summed.yearly_limit
