{# A department in which fewer than var labour_least_people were paid is counted in "other departments", and where even
   these are too few its figures are withheld, so that nobody's pay can be read from a row. #}
with labour as (

    select * from {{ ref('int_labour_by_period') }}

),

people as (

    select
        period_grain,
        period_starts_on,
        department,
        currency,
        count(distinct employee_id) as person_count
    from labour
    group by period_grain, period_starts_on, department, currency

),

named as (

    select
        labour.*,
        case
            when people.person_count >= {{ var('labour_least_people') }} then labour.department
            else 'other departments'
        end as shown_department
    from labour
    inner join people
        on
            labour.period_grain = people.period_grain
            and labour.period_starts_on = people.period_starts_on
            and labour.department = people.department
            and labour.currency = people.currency

),

summed as (

    select
        period_grain,
        period_starts_on,
        shown_department as department,
        currency,
        count(distinct employee_id) as person_count,
        sum(hours) as hours,
        sum(overtime_hours) as overtime_hours,
        sum(gross_amount) as gross_amount,
        sum(employer_tax_amount) as employer_tax_amount
    from named
    group by period_grain, period_starts_on, shown_department, currency
    having count(distinct employee_id) >= {{ var('labour_least_people') }}

),

with_trend as (

    select
        *,
        gross_amount + employer_tax_amount as cost_amount,
        lag(gross_amount + employer_tax_amount) over of_department as previous_cost_amount
    from summed
    window of_department as (
        partition by period_grain, department, currency order by period_starts_on
    )

)

select
    {{ surrogate_key(['period_grain', 'period_starts_on', 'department', 'currency']) }} as labour_cost_id,
    period_grain,
    department,
    currency,
    cast(person_count as integer) as person_count,
    cast(hours as decimal(18, 5)) as hours,
    cast(overtime_hours as decimal(18, 5)) as overtime_hours,
    cast(gross_amount as decimal(28, 5)) as gross_amount,
    cast(employer_tax_amount as decimal(28, 5)) as employer_tax_amount,
    cast(cost_amount as decimal(28, 5)) as cost_amount,
    cast(previous_cost_amount as decimal(28, 5)) as previous_cost_amount,
    cast(cost_amount - previous_cost_amount as decimal(28, 5)) as cost_change_amount,
    period_starts_on
from with_trend
