with controls as (

    select * from {{ ref('int_controls_files') }}
    union all
    select * from {{ ref('int_controls_lake_to_staging') }}
    union all
    select * from {{ ref('int_controls_staging_to_items') }}
    union all
    select * from {{ ref('int_controls_items_to_matches') }}
    union all
    select * from {{ ref('int_controls_statements') }}
    union all
    select * from {{ ref('int_controls_reconciliations') }}
    union all
    select * from {{ ref('int_controls_ledger') }}
    union all
    select * from {{ ref('int_controls_batches') }}
    union all
    select * from {{ ref('int_controls_closes') }}

    union all
    select * from {{ ref('int_controls_decisions') }}

),

accepted as (

    select distinct subject as control_total_id
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'accept'
        and not is_contradictory

),

compared as (

    select
        control_code,
        scope,
        measure,
        currency,
        explanation,
        business_date,
        cast(expected as decimal(28, 5)) as expected,
        cast(actual as decimal(28, 5)) as actual
    from controls

),

{# A control on what stands as of the business date is the same one tomorrow, so its acceptance holds. #}
judged as (

    select
        *,
        {{ surrogate_key([
            'control_code',
            "case when control_code not in ('file_read', 'file_to_lake', 'account_mapped', 'batch_remainder',"
            ~ " 'decision_applied', 'items_to_counted') then business_date end",
            'scope',
            'measure',
        ]) }} as control_total_id,
        case when coalesce(actual = expected, false) then 'green' else 'red' end as status
    from compared

)

select
    judged.control_total_id,
    judged.control_code,
    judged.scope,
    judged.measure,
    judged.currency,
    judged.status,
    judged.explanation,
    judged.expected,
    judged.actual,
    cast(judged.actual - judged.expected as decimal(28, 5)) as difference,
    judged.status = 'red' and accepted.control_total_id is not null as is_accepted,
    judged.business_date
from judged
left join accepted
    on judged.control_total_id = accepted.control_total_id
