with delivered as (

    select * from {{ ref('stg_decisions__decisions') }}

),

numbered as (

    select
        *,
        row_number() over (partition by decision_id order by load_id, file_hash, line_number) as delivery_number,
        dense_rank() over (
            partition by decision_id
            order by decision, subjects, reason, decided_by, until_on, decided_at
        ) as content_number
    from delivered

),

decisions as (

    select
        *,
        max(content_number) over (partition by decision_id) > 1 as is_contradictory
    from numbered

),

places as (

    {{ dbt.generate_series(var('decision_subjects')) }}

),

subjects as (

    select
        decisions.decision_id,
        decisions.decision,
        split_part(trim(decisions.subjects), ' ', cast(places.generated_number as integer)) as subject,
        decisions.reason,
        decisions.decided_by,
        decisions.load_id,
        min(places.generated_number) as place,
        decisions.is_contradictory,
        decisions.until_on,
        decisions.decided_at
    from decisions
    inner join places
        on places.generated_number <= length(decisions.subjects)
    where decisions.delivery_number = 1
    group by
        decisions.decision_id,
        decisions.decision,
        split_part(trim(decisions.subjects), ' ', cast(places.generated_number as integer)),
        decisions.reason,
        decisions.decided_by,
        decisions.load_id,
        decisions.is_contradictory,
        decisions.until_on,
        decisions.decided_at

)

select
    decision_id,
    decision,
    subject,
    reason,
    decided_by,
    load_id,
    cast(row_number() over (partition by decision_id order by place) as integer) as subject_number,
    is_contradictory,
    row_number() over (
        partition by decision, subject
        order by case when is_contradictory then 1 else 0 end, decided_at desc, decision_id desc
    ) = 1
    and not is_contradictory as is_latest,
    until_on,
    decided_at
from subjects
where subject <> ''
