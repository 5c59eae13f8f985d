{# Of the decisions that name a statement the last one counts, so one the other way round takes a decision back. #}
with replacements as (

    select
        decision_id,
        max(case when subject_number = 1 then subject end) as statement_id,
        max(case when subject_number = 2 then subject end) as standing_statement_id
    from {{ ref('int_decision_subjects') }}
    where decision = 'replace'
    group by decision_id
    having max(case when subject_number = 1 and is_latest then 1 else 0 end) = 1

)

select
    replacements.decision_id,
    replacements.statement_id,
    replacements.standing_statement_id
from replacements
inner join {{ ref('stg_bank__statements') }} as replaced
    on replacements.statement_id = replaced.statement_id
inner join {{ ref('stg_bank__statements') }} as standing
    on
        replacements.standing_statement_id = standing.statement_id
        and replaced.account_key = standing.account_key
        and replaced.currency = standing.currency
        and replaced.message_type = standing.message_type
