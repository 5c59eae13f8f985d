{# What HR delivered and no pay period would ever pay. #}
with employees as (

    select * from {{ ref('int_employees_current') }}

),

pay_periods as (

    select
        pay_period_id,
        pay_group
    from {{ ref('int_pay_periods') }}

),

one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

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
