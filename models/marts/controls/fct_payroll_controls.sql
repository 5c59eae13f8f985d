with controls as (

    select * from {{ ref('int_controls_payroll') }}
    union all
    select * from {{ ref('int_controls_payments') }}

),

accepted as (

    select distinct subject as payroll_control_id
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'accept'
        and not is_contradictory

),

judged as (

    select
        *,
        {{ surrogate_key(['control_code', 'scope', 'measure']) }} as payroll_control_id,
        case when coalesce(actual = expected, false) then 'green' else 'red' end as status
    from controls

)

select
    judged.payroll_control_id,
    judged.control_code,
    judged.scope,
    judged.measure,
    judged.status,
    judged.explanation,
    judged.expected,
    judged.actual,
    cast(judged.actual - judged.expected as decimal(28, 5)) as difference,
    judged.status = 'red' and accepted.payroll_control_id is not null as is_accepted,
    judged.business_date
from judged
left join accepted
    on judged.payroll_control_id = accepted.payroll_control_id
