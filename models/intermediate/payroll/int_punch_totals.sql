with punches as (

    select
        sum(delivered_count) as delivered_count,
        sum(delivered_count - 1) as resend_count
    from {{ ref('int_punches') }}

),

doubles as (

    select count(*) as double_count from {{ ref('int_punches_in_order') }}
    where is_double and not is_neighbour

),

shifts as (

    select 2 * count(*) as used_count from {{ ref('int_shifts') }}

),

questions as (

    select count(*) as question_count from {{ ref('int_punch_questions') }}

),

staged as (

    select count(*) as staged_count from {{ ref('stg_payroll__punches') }}

)

select
    cast(staged.staged_count as bigint) as delivered_count,
    cast(coalesce(punches.resend_count, 0) as bigint) as resend_count,
    cast(doubles.double_count as bigint) as double_count,
    cast(shifts.used_count as bigint) as used_count,
    cast(questions.question_count as bigint) as question_count
from staged
cross join punches
cross join doubles
cross join shifts
cross join questions
