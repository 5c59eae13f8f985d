{#- Two control rows, one for the number of rows and one for the sum of amounts, over a relation that has
    scope, business_date, currency, expected_rows, actual_rows, expected_amount, actual_amount. -#}
{% macro rows_and_amounts(relation, control_code, explanation) -%}
select
    '{{ control_code }}' as control_code,
    scope,
    'rows' as measure,
    cast(null as string) as currency,
    '{{ explanation }}' as explanation,
    cast(expected_rows as decimal(28, 5)) as expected,
    cast(actual_rows as decimal(28, 5)) as actual,
    business_date
from {{ relation }}
union all
select
    '{{ control_code }}' as control_code,
    scope,
    'amount' as measure,
    currency,
    '{{ explanation }}' as explanation,
    cast(expected_amount as decimal(28, 5)) as expected,
    cast(actual_amount as decimal(28, 5)) as actual,
    business_date
from {{ relation }}
{%- endmacro %}

{#- Totals of two relations side by side. Each relation: scope, business_date, currency, amount; one row per
    record, and one currency per scope.
    A side that is missing counts as zero rows and zero amount, so it can never hide. -#}
{% macro compare_totals(expected, actual) -%}
select
    coalesce(expected_totals.scope, actual_totals.scope) as scope,
    coalesce(expected_totals.business_date, actual_totals.business_date) as business_date,
    coalesce(expected_totals.currency, actual_totals.currency) as currency,
    coalesce(expected_totals.row_count, 0) as expected_rows,
    coalesce(actual_totals.row_count, 0) as actual_rows,
    coalesce(expected_totals.amount, 0) as expected_amount,
    coalesce(actual_totals.amount, 0) as actual_amount
from (
    select
        scope,
        business_date,
        max(currency) as currency,
        count(*) as row_count,
        sum(amount) as amount
    from {{ expected }}
    group by scope, business_date
) as expected_totals
full outer join (
    select
        scope,
        business_date,
        max(currency) as currency,
        count(*) as row_count,
        sum(amount) as amount
    from {{ actual }}
    group by scope, business_date
) as actual_totals
    on
        expected_totals.scope = actual_totals.scope
        and expected_totals.business_date = actual_totals.business_date
{%- endmacro %}

{#- What relations of controls compare, judged: the body of fct_control_totals and of fct_payroll_controls. One row per
    control, business date, scope and measure.

    area: bank or payroll, whose proof the mart is. The id is what a decision accepts. A standing control speaks of what
    stands, whatever the date, so its id has none and its acceptance holds tomorrow. Ids of payroll's own controls have no
    place for a date. -#}
{% macro control_totals(area, relations) -%}
with controls as (

    {% for relation in relations -%}
    select
        control_code,
        scope,
        measure,
        currency,
        explanation,
        business_date,
        cast(expected as decimal(28, 5)) as expected,
        cast(actual as decimal(28, 5)) as actual
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

policies as (

    select * from {{ ref('controls') }}

),

accepted as (

    select distinct subject as control_total_id
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'accept'
        and not is_contradictory

),

judged as (

    select
        controls.*,
        case
            when policies.area = 'payroll' and policies.is_standing
                then {{ surrogate_key(['controls.control_code', 'controls.scope', 'controls.measure']) }}
            else {{ surrogate_key([
                'controls.control_code',
                'case when not policies.is_standing then controls.business_date end',
                'controls.scope',
                'controls.measure',
            ]) }}
        end as control_total_id,
        case when coalesce(controls.actual = controls.expected, false) then 'green' else 'red' end as status
    from controls
    left join policies
        on controls.control_code = policies.control_code

)

select
    judged.control_total_id,
    judged.control_code,
    '{{ area }}' as area,
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
{%- endmacro %}

{#- Rows, and the sum of an amount or zero, of each file in some relations of staging. relations: (relation, column of
    the amount or none). -#}
{% macro file_totals(relations) -%}
{%- for relation, amount in relations -%}
select
    file_hash,
    load_id,
    count(*) as row_count,
    {{ 'sum(' ~ amount ~ ')' if amount else 'cast(0 as decimal(28, 5))' }} as amount_total
from {{ relation }}
group by file_hash, load_id
{{- '\nunion all\n' if not loop.last }}
{%- endfor -%}
{%- endmacro %}

{#- The condition that a source is one of payroll, whose files are payroll's to prove. -#}
{% macro is_payroll_source(source_name) -%}
    ({{ source_name }} = 'punches' or left({{ source_name }}, 3) = 'hr_')
{%- endmacro %}

{#- A whole model of controls: what stands in the remainder of each batch plan of an area. -#}
{% macro batch_remainders(area) -%}
with plans as (

    {% for plan in batch_plans() | selectattr('area', 'equalto', area) -%}
    select
        '{{ plan.cuts }}' as scope,
        row_count,
        is_remainder
    from {{ ref(plan.plan) }}
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor %}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    'batch_remainder' as control_code,
    plans.scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Rows that no batch of the plan takes but the remainder' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(sum(case when plans.is_remainder then plans.row_count else 0 end) as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from plans
cross join as_of_date
group by plans.scope, as_of_date.as_of_on
{%- endmacro %}
