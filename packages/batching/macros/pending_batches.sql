{#- The batches of a plan that a model has to run, and why, in the order in which they run: first those that lost
    all their rows, then by period, the remainder last. One row per batch.

    plan: the plan's relation, or its query in brackets. is_trusted: false when the table is about to start anew,
    so nothing that was recorded counts. -#}
{% macro pending_batches(model_name, plan, code_version, is_trusted=true, rerun_on_new_version=true) -%}
with plan as (

    select *
    from {{ plan }} as plan_rows

),

attempts as (

    select
        *,
        row_number() over (partition by batch_id order by attempt_number desc) as recency,
        max(table_number) over () as last_table_number
    from {{ batching.batch_ledger() }}
    where model = {{ batching.batch_literal(model_name) }}

),

last_attempts as (

    select
        *,
        {{ 'table_number = last_table_number' if is_trusted else '1 = 0' }} as is_current
    from attempts
    where
        batch_id is not null
        and recency = 1

),

compared as (

    select
        coalesce(plan.batch_id, last_attempts.batch_id) as batch_id,
        coalesce(plan.batch_by, last_attempts.batch_by) as batch_by,
        case when plan.batch_id is null then last_attempts.batch_start else plan.batch_start end as batch_start,
        case when plan.batch_id is null then last_attempts.batch_end else plan.batch_end end as batch_end,
        plan.key_type,
        plan.fingerprint,
        case
            when plan.batch_id is null and last_attempts.is_current and last_attempts.status <> 'emptied'
                then 'emptied'
            when plan.batch_id is null then null
            {%- if var('batch_force', []) %}
            when plan.batch_id in (
                {%- for batch_id in var('batch_force') %}{{ batching.batch_literal(batch_id) }}{{ ', ' if not loop.last }}{% endfor -%}
            ) then 'forced'
            {%- endif %}
            when last_attempts.batch_id is null then 'new'
            when not last_attempts.is_current then 'new table'
            when last_attempts.status in ('failed', 'killed') then last_attempts.status
            when plan.fingerprint is distinct from last_attempts.fingerprint then 'changed'
            {%- if rerun_on_new_version %}
            when last_attempts.code_version is distinct from {{ batching.batch_literal(code_version) }} then 'new version'
            {%- endif %}
        end as reason,
        coalesce(last_attempts.attempt_number, 0) + 1 as attempt_number,
        coalesce(plan.row_count, 0) as rows_in,
        plan.byte_count as bytes_in,
        plan.control_amount as control_amount_in,
        coalesce(plan.is_remainder, last_attempts.batch_id = 'remainder') as is_remainder
    from plan
    full outer join last_attempts
        on plan.batch_id = last_attempts.batch_id

)

select *
from compared
where reason is not null
order by
    case when reason = 'emptied' then 0 else 1 end,
    is_remainder,
    batch_id
{%- endmacro %}

{#- The pending batches that the variables of this run let through: batch_from and batch_to bound the batch ids,
    half-open; batch_limit bounds their number, in order. The remainder has no place in a range, so a bounded run
    leaves it for the next one. -#}
{% macro batches_within_bounds(batches) %}
    {%- set first = var('batch_from', none) -%}
    {%- set last = var('batch_to', none) -%}
    {%- set kept = [] -%}
    {%- for batch in batches -%}
        {%- set is_bounded = first is not none or last is not none -%}
        {%- if not (is_bounded and batch['is_remainder'])
            and (first is none or batch['batch_id'] >= first | string)
            and (last is none or batch['batch_id'] < last | string) -%}
            {%- do kept.append(batch) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set limit = var('batch_limit', none) -%}
    {{ return(kept if limit is none else kept[:limit | int]) }}
{% endmacro %}

{#- Stops a run whose batch_force names a batch that is not among the pending ones: a typing error. -#}
{% macro assert_forced_batches_exist(model_name, batches) %}
    {%- set known = batches | map(attribute='batch_id') | list -%}
    {%- for batch_id in var('batch_force', []) if batch_id not in known -%}
        {{ exceptions.raise_compiler_error('batch_force names ' ~ batch_id ~ ', which ' ~ model_name ~ ' does not have.') }}
    {%- endfor -%}
{% endmacro %}

{#- Stops a run that would do more batches than var max_batches (1000). -#}
{% macro assert_batches_within_guard(model_name, batches) %}
    {%- set most = var('max_batches', 1000) | int -%}
    {%- if batches | length > most -%}
        {{ exceptions.raise_compiler_error(
            model_name ~ " would run " ~ batches | length ~ " batches, and max_batches is " ~ most ~ ". See them with "
            ~ "'dbt run-operation plan_batches'; then raise max_batches, or bound the run with batch_from, batch_to "
            ~ "or batch_limit."
        ) }}
    {%- endif -%}
{% endmacro %}

{#- The only plan that a model's compiled query names. -#}
{% macro batch_plan_of(model_name, markers) %}
    {%- set plans = markers | map(attribute='plan') | unique | list -%}
    {%- if plans | length == 0 -%}
        {{ exceptions.raise_compiler_error(
            model_name ~ " is batched but never calls batching.in_batch(key, plan), so every batch would select every row."
        ) }}
    {%- elif plans | length > 1 -%}
        {{ exceptions.raise_compiler_error(
            model_name ~ " is cut by more than one plan: " ~ plans | join(', ') ~ ". Make one plan over all its inputs."
        ) }}
    {%- endif -%}
    {{ return(plans[0]) }}
{% endmacro %}

{#- The periods of a plan in order, for the remainder. Two periods that overlap would put a row into two batches. -#}
{% macro batch_periods(plan, key_type) %}
    {%- set query -%}
    with periods as (

        select
            batch_id,
            batch_start,
            batch_end,
            cast(batch_start as {{ key_type }}) as period_start,
            lead(cast(batch_start as {{ key_type }})) over (order by cast(batch_start as {{ key_type }})) as next_start
        from {{ plan }} as plan_rows
        where not is_remainder

    )

    select
        batch_id,
        batch_start,
        batch_end,
        '{{ key_type }}' as key_type,
        next_start < cast(batch_end as {{ key_type }}) as is_overlapping
    from periods
    order by period_start
    {%- endset -%}
    {%- set periods = run_query(query).rows -%}
    {%- for period in periods if period['is_overlapping'] -%}
        {{ exceptions.raise_compiler_error(
            "The period of batch " ~ period['batch_id'] ~ " of " ~ plan ~ " overlaps with the next one."
        ) }}
    {%- endfor -%}
    {{ return(periods) }}
{% endmacro %}
