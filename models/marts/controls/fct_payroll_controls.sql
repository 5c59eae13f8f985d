with controls as (

    select * from {{ ref('int_controls_payroll') }}
    union all
    select * from {{ ref('int_controls_payments') }}

)

select
    {{ surrogate_key(['control_code', 'scope', 'measure']) }} as payroll_control_id,
    control_code,
    scope,
    measure,
    case when coalesce(actual = expected, false) then 'green' else 'red' end as status,
    explanation,
    expected,
    actual,
    cast(actual - expected as decimal(28, 5)) as difference,
    business_date
from controls
