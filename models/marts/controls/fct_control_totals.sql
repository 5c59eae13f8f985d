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

),

compared as (

    select
        control_code,
        scope,
        measure,
        explanation,
        business_date,
        cast(expected as decimal(28, 5)) as expected,
        cast(actual as decimal(28, 5)) as actual
    from controls

)

select
    {{ surrogate_key(['control_code', 'business_date', 'scope', 'measure']) }} as control_total_id,
    control_code,
    scope,
    measure,
    case when coalesce(actual = expected, false) then 'green' else 'red' end as status,
    explanation,
    expected,
    actual,
    cast(actual - expected as decimal(28, 5)) as difference,
    business_date
from compared
