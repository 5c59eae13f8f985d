{# Of the decisions that name a statement the last one counts, so one the other way round takes a decision back. #}
with subjects as (

    select * from {{ ref('int_decision_subjects') }}
    where decision = 'replace'

),

replacements as (

    select
        decision_id,
        max(case when subject_number = 1 then subject end) as statement_id,
        max(case when subject_number = 2 then subject end) as standing_statement_id
    from subjects
    group by decision_id
    having max(case when subject_number = 1 and is_latest then 1 else 0 end) = 1

),

{# The few that decisions name: DuckDB would first join each statement with all others of its account. #}
named_statements as (

    select
        statement_id,
        account_key,
        currency,
        message_type
    from {{ ref('stg_bank__statements') }}
    where statement_id in (select subjects.subject from subjects)

)

select
    replacements.decision_id,
    replacements.statement_id,
    replacements.standing_statement_id
from replacements
inner join named_statements as replaced
    on replacements.statement_id = replaced.statement_id
inner join named_statements as standing
    on
        replacements.standing_statement_id = standing.statement_id
        and replaced.account_key = standing.account_key
        and replaced.currency = standing.currency
        and replaced.message_type = standing.message_type
