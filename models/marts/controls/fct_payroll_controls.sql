{%- set models = [
    'int_controls_payroll', 'int_controls_payments', 'int_controls_payroll_files', 'int_controls_payroll_batches',
    'int_controls_payment_files',
] -%}
with controls as (

    {% for model in models -%}
    select
        control_code,
        scope,
        measure,
        explanation,
        expected,
        actual,
        business_date
    from {{ ref(model) }}
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor %}

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
