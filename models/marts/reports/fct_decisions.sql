with decisions as (

    select * from {{ ref('int_decisions_classified') }}

)

select
    decision_id,
    decision,
    outcome,
    outcome_reason,
    reason,
    decided_by,
    subject_count,
    until_on,
    decided_at
from decisions
