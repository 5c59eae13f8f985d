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
    stands, whatever the date, so its id has none and its acceptance holds tomorrow. Ids of payroll's own controls have
    no place for a date.

    An acceptance holds as far as its author saw: while the control differs by no more than it says, in its unit, until
    it ends. Of a date that was closed over it, it holds without an end, and one from the time before figures were named,
    when nobody was told apart, without figures. A side that is missing counts as zero. -#}
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

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

closes as (

    select * from {{ ref('int_closes_valid') }}

),

unit_sizes as (

    select * from {{ ref('currency_sizes') }}

),

acceptances as (

    select
        subject as control_total_id,
        decision_id,
        decided_by,
        approved_by,
        load_id,
        unit,
        difference,
        coalesce(is_told_apart, false) as is_told_apart,
        {{ area }}_limit as limit_amount,
        {{ area }}_ends_on as ends_on,
        decided_at
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'accept'
        and is_in_force

),

judged as (

    select
        controls.*,
        policies.is_standing,
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

),

reds as (

    select
        control_total_id,
        is_standing,
        coalesce(currency, measure) as unit,
        currency,
        cast(coalesce(actual, 0) - coalesce(expected, 0) as decimal(28, 5)) as difference,
        business_date
    from judged
    where status = 'red'

),

closed_over as (

    select distinct
        reds.control_total_id,
        acceptances.decision_id
    from reds
    inner join acceptances
        on reds.control_total_id = acceptances.control_total_id
    inner join closes
        on
            reds.business_date <= closes.closed_on
            and acceptances.ends_on > closes.closed_on
            and acceptances.load_id < closes.close_id
    where not reds.is_standing

),

compared as (

    select
        reds.control_total_id,
        acceptances.decision_id,
        acceptances.decided_by,
        acceptances.approved_by,
        acceptances.unit,
        acceptances.difference,
        acceptances.is_told_apart,
        reds.unit as unit_now,
        reds.difference as difference_now,
        upper(acceptances.unit) = upper(reds.unit) as is_same_unit,
        case
            when acceptances.difference < 0
                then reds.difference >= acceptances.difference and reds.difference <= 0
            else reds.difference <= acceptances.difference and reds.difference >= 0
        end as is_within,
        acceptances.limit_amount is null
        or coalesce(
            {{ in_large_units('acceptances.difference', 'unit_sizes.unit_size') }} <= acceptances.limit_amount, false
        ) as is_within_limit,
        coalesce(acceptances.ends_on > as_of_date.as_of_on, false) as is_current,
        closed_over.decision_id is not null as is_closed_over,
        acceptances.ends_on,
        acceptances.decided_at
    from reds
    inner join acceptances
        on reds.control_total_id = acceptances.control_total_id
    cross join as_of_date
    left join unit_sizes
        on reds.currency = unit_sizes.currency
    left join closed_over
        on
            acceptances.control_total_id = closed_over.control_total_id
            and acceptances.decision_id = closed_over.decision_id

),

with_outcome as (

    select
        *,
        is_within_limit
        and case
            when difference is null then is_closed_over and not is_told_apart
            else is_same_unit and is_within and (is_current or is_closed_over)
        end as holds
    from compared

),

numbered as (

    select
        *,
        row_number() over (
            partition by control_total_id
            order by case when holds then 0 else 1 end, decided_at desc, decision_id desc
        ) as place
    from with_outcome

),

accepted as (

    select
        control_total_id,
        holds,
        concat(
            'Accepted ',
            case
                when difference is null then ''
                else concat('at ', {{ figure_text('difference') }}, ' ', unit, ' ')
            end,
            'by ', decided_by,
            case when approved_by is null then '' else concat(' and ', approved_by) end,
            ' (', decision_id, ')',
            case
                when holds and is_current and difference is not null then concat(' until ', cast(ends_on as string))
                when holds then ', and closed over'
                when difference is null
                    then concat(
                        ', which names no figures: accept a difference of ', {{ figure_text('difference_now') }},
                        ' in ', unit_now
                    )
                when not is_same_unit then concat('; now ', {{ figure_text('difference_now') }}, ' ', unit_now)
                when not is_within then concat('; now ', {{ figure_text('difference_now') }})
                when not is_current then concat(' until ', coalesce(cast(ends_on as string), 'nothing says when'))
                else ', which waits for a second person: a decision approve that names it'
            end
        ) as acceptance
    from numbered
    where place = 1

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
    accepted.acceptance,
    judged.expected,
    judged.actual,
    cast(judged.actual - judged.expected as decimal(28, 5)) as difference,
    coalesce(accepted.holds, false) as is_accepted,
    judged.business_date
from judged
left join accepted
    on judged.control_total_id = accepted.control_total_id
{%- endmacro %}

{#- A figure as people read it, with cents, or exactly where it has less than cents. -#}
{% macro figure_text(expression) -%}
    case
        when {{ expression }} = cast({{ expression }} as decimal(28, 2)) then {{ number_text(expression, 2) }}
        else {{ number_text(expression, 5) }}
    end
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
