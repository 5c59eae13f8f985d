{# What HR delivered and no pay period would ever pay, or one that HR can hardly mean. #}
with employees as (

    select * from {{ ref('int_employees_current') }}

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

)

select
    {{ surrogate_key(["'one_time_item'", 'one_time_items.one_time_item_id']) }} as question_id,
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
    {{ surrogate_key(["'one_time_item_twice'", 'one_time_items.one_time_item_id']) }} as question_id,
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
