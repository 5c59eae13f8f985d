{# What HR delivered and no pay period would ever pay, or one that HR can hardly mean, or beyond what may be taken. #}
with employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select
        pay_period_id,
        pay_group,
        starts_on,
        ends_before_on
    from {{ ref('int_pay_periods') }}

),

one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

{# Ids that stand twice in the file that counts, with different contents: the later line alone is paid. #}
doubled as (

    select
        delivered.one_time_item_id,
        count(*) as line_count
    from {{ ref('stg_payroll__one_time_items') }} as delivered
    inner join one_time_items
        on
            delivered.one_time_item_id = one_time_items.one_time_item_id
            and delivered.file_hash = one_time_items.file_hash
            and delivered.load_id = one_time_items.load_id
    group by delivered.one_time_item_id
    having
        min(delivered.employee_id) <> max(delivered.employee_id)
        or min(delivered.pay_period_id) <> max(delivered.pay_period_id)
        or min(delivered.pay_item_code) <> max(delivered.pay_item_code)
        or min(coalesce(delivered.corrects_pay_period_id, '')) <> max(coalesce(delivered.corrects_pay_period_id, ''))
        or min(delivered.reason) <> max(delivered.reason)
        or min(delivered.amount) <> max(delivered.amount)
        or min(coalesce(delivered.hours, 0)) <> max(coalesce(delivered.hours, 0))

),

{# Employees in the pay group of a period on at least one of its days. #}
members as (

    select distinct
        pay_periods.pay_period_id,
        employees.employee_id
    from pay_periods
    inner join employees
        on
            pay_periods.pay_group = employees.pay_group
            and pay_periods.ends_before_on > employees.effective_on
            and coalesce(pay_periods.starts_on < employees.effective_before_on, true)

),

pay_groups_with_periods as (

    select distinct pay_group from pay_periods

),

limits as (

    select * from {{ ref('pay_item_limits') }}

),

payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

{# Items may share a limit of the year, as deferrals before and after tax do. Each is cut at it by itself, so together
   they can pass it; which of them to lower is the employee's choice. #}
deduction_lines as (

    {% for step in ['section_125', 'retirement', 'posttax'] -%}
    select
        payslip_id,
        pay_item_code,
        amount
    from {{ ref('int_' ~ step ~ '_deductions') }}
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

limits_taken as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.tax_year,
        limits.limit_code,
        max(limits.source) as limit_source,
        max(limits.yearly_limit) as yearly_limit,
        -sum(deduction_lines.amount) as taken_amount,
        payslips.paid_on
    from deduction_lines
    inner join payslips
        on deduction_lines.payslip_id = payslips.payslip_id
    inner join limits
        on
            deduction_lines.pay_item_code = limits.pay_item_code
            and {{ in_force('limits', 'payslips.paid_on') }}
    group by
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.tax_year,
        limits.limit_code,
        payslips.paid_on

),

{# What HR lets an employee take of a year beyond the law's limit, as catch-up contributions are, is not taken. #}
limits_beyond as (

    select distinct
        payslips.employee_id,
        payslips.tax_year,
        items.pay_item_code,
        items.yearly_limit,
        limits.yearly_limit as law_limit,
        limits.source as limit_source,
        pay_periods.pay_group
    from {{ ref('int_recurring_items_due') }} as items
    inner join payslips
        on items.payslip_id = payslips.payslip_id
    inner join pay_periods
        on payslips.pay_period_id = pay_periods.pay_period_id
    inner join limits
        on
            items.pay_item_code = limits.pay_item_code
            and {{ in_force('limits', 'payslips.paid_on') }}
    where items.yearly_limit > limits.yearly_limit

),

{# One person under two ids: limits of the year, and the forms, are of the person. No number of the Social Security
   Administration begins with 000, 666 or 9. #}
persons_twice as (

    select
        min(employee_id) as employee_id,
        max(employee_id) as other_employee_id
    from employees
    where
        {{ regexp_is_found('tax_id', '^[0-8][0-9][0-9]-?[0-9][0-9]-?[0-9][0-9][0-9][0-9]$') }}
        and tax_id not like '000%'
        and tax_id not like '666%'
    group by replace(tax_id, '-', '')
    having count(distinct employee_id) > 1

),

limit_codes as (

    select distinct
        pay_item_code,
        limit_code
    from limits

),

closed_limits as (

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

limits_to_date as (

    select
        *,
        sum(taken_amount) over {{ to_date(['tax_year', 'limit_code']) }} as taken_to_date
    from limits_taken

)

select
    {{ surrogate_key(["'one_time_item'", 'one_time_items.one_time_item_id']) }} as question_id,
    cast(null as string) as pay_period_id,
    employees.pay_group,
    concat(
        'One-time item ', one_time_items.one_time_item_id, ' is for pay period ', one_time_items.pay_period_id,
        ', which nobody delivered: correct it in one_time_items'
    ) as question
from one_time_items
left join pay_periods
    on one_time_items.pay_period_id = pay_periods.pay_period_id
left join employees
    on
        one_time_items.employee_id = employees.employee_id
        and employees.effective_before_on is null
where pay_periods.pay_period_id is null
union all
select
    {{ surrogate_key([
        "'item_corrects'", 'one_time_items.one_time_item_id', 'one_time_items.corrects_pay_period_id'
    ]) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_periods.pay_group,
    concat(
        'One-time item ', one_time_items.one_time_item_id, ' corrects pay period ',
        one_time_items.corrects_pay_period_id, ', which nobody delivered: correct it in one_time_items'
    ) as question
from one_time_items
inner join pay_periods
    on one_time_items.pay_period_id = pay_periods.pay_period_id
left join pay_periods as corrected
    on one_time_items.corrects_pay_period_id = corrected.pay_period_id
where
    one_time_items.corrects_pay_period_id is not null
    and corrected.pay_period_id is null
union all
select
    {{ surrogate_key([
        "'one_time_item_twice'", 'one_time_items.one_time_item_id', 'one_time_items.employee_id',
        'one_time_items.pay_item_code', 'one_time_items.amount', 'coalesce(one_time_items.hours, 0)'
    ]) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_periods.pay_group,
    concat(
        'One-time item ', one_time_items.one_time_item_id, ' stands ', cast(doubled.line_count as string),
        ' times in one file, with different contents: give each its own id in one_time_items'
    ) as question
from one_time_items
inner join doubled
    on one_time_items.one_time_item_id = doubled.one_time_item_id
left join pay_periods
    on one_time_items.pay_period_id = pay_periods.pay_period_id
union all
select
    {{ surrogate_key(["'one_time_item_elsewhere'", 'one_time_items.one_time_item_id']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_periods.pay_group,
    concat(
        'One-time item ', one_time_items.one_time_item_id, ' is for pay period ', one_time_items.pay_period_id,
        ', but the employee is not in pay group ', pay_periods.pay_group, ' then: correct it in one_time_items'
    ) as question
from one_time_items
inner join pay_periods
    on one_time_items.pay_period_id = pay_periods.pay_period_id
left join members
    on
        one_time_items.pay_period_id = members.pay_period_id
        and one_time_items.employee_id = members.employee_id
where members.employee_id is null
union all
select
    {{ surrogate_key(["'employee'", 'employees.employee_id', 'employees.effective_on']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    concat(
        'Employee ', employees.employee_id, ' is in pay group ', employees.pay_group, ' from ',
        cast(employees.effective_on as string),
        ', which has no pay period: deliver it in pay_periods, or correct employees'
    ) as question
from employees
left join pay_groups_with_periods
    on employees.pay_group = pay_groups_with_periods.pay_group
where
    pay_groups_with_periods.pay_group is null
    and coalesce(employees.left_on >= employees.effective_on, true)
union all
select
    {{ surrogate_key(["'limit_beyond'", 'employee_id', 'tax_year', 'pay_item_code', 'yearly_limit', 'law_limit']) }}
        as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    concat(
        'Employee ', employee_id, ' may take ', {{ money_text('yearly_limit') }}, ' of ', pay_item_code, ' in ',
        cast(tax_year as string), ', and no more than ', {{ money_text('law_limit') }}, ' is taken (', limit_source,
        '), without catch-up contributions: take these by hand, or correct recurring_items'
    ) as question
from limits_beyond
union all
select
    {{ surrogate_key(["'days_employed'", 'employee_id', 'effective_on', 'hired_on', 'left_on']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    concat(
        'Employee ', employee_id, ' left on ', cast(left_on as string), ', before the first day, ',
        cast(hired_on as string), ', so nothing is paid: correct employees'
    ) as question
from employees
where left_on < hired_on
union all
select
    {{ surrogate_key(["'person_twice'", 'employee_id', 'other_employee_id']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    concat(
        'Employees ', employee_id, ' and ', other_employee_id,
        ' have one tax_id, and limits of the year are counted by employee: pay one person under one id in employees'
    ) as question
from persons_twice
union all
select
    {{ surrogate_key(["'shared_limit'", 'to_date.limit_code', 'to_date.payslip_id', 'to_date.taken_to_date']) }}
        as question_id,
    to_date.pay_period_id,
    cast(null as string) as pay_group,
    concat(
        'Payslip ', to_date.payslip_id, ' takes ', replace(to_date.limit_code, '_', ' '), ' beyond ',
        {{ money_text('to_date.yearly_limit') }}, ' in the year (', to_date.limit_source,
        '), counting its pay items together: lower one in recurring_items'
    ) as question
from limits_to_date as to_date
left join closed_limits
    on
        to_date.employee_id = closed_limits.employee_id
        and to_date.tax_year = closed_limits.tax_year
        and to_date.limit_code = closed_limits.limit_code
where
    to_date.taken_amount > 0
    and to_date.taken_to_date + coalesce(closed_limits.taken_amount, 0) > to_date.yearly_limit
