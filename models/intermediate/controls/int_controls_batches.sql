with plans as (

    select
        'bank lines' as scope,
        row_count,
        is_remainder
    from {{ ref('int_bank_line_batches') }}
    union all
    select
        'journal lines' as scope,
        row_count,
        is_remainder
    from {{ ref('int_journal_line_batches') }}
    union all
    select
        'punches' as scope,
        row_count,
        is_remainder
    from {{ ref('int_punch_batches') }}
    union all
    select
        'closed payslips' as scope,
        row_count,
        is_remainder
    from {{ ref('int_closed_payday_batches') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    'batch_remainder' as control_code,
    plans.scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Rows that no batch of the plan takes but the remainder' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(sum(case when plans.is_remainder then plans.row_count else 0 end) as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from plans
cross join as_of_date
group by plans.scope, as_of_date.as_of_on
