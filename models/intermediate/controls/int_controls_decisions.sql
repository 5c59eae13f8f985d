with decisions as (

    select * from {{ ref('int_decisions_classified') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    'decision_applied' as control_code,
    concat('decision ', decisions.decision_id) as scope,
    'decisions' as measure,
    cast(null as string) as currency,
    decisions.outcome_reason as explanation,
    cast(1 as decimal(28, 5)) as expected,
    cast(case when decisions.outcome in ('stale', 'contradictory') then 0 else 1 end as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from decisions
cross join as_of_date
