{#- Every attempt at every batch, with its speed: the body of fct_batch_runs. One row per attempt. An attempt at a batch
    of a table that was started anew since is no batch's last one: the new table may be cut otherwise. -#}
{% macro batch_runs() -%}
with entries as (

    select
        *,
        max(table_number) over (partition by model) as last_table_number
    from {{ batching.batch_ledger() }}

),

attempts as (

    select
        *,
        {{ batching.batch_seconds('started_at', 'finished_at') }} as seconds
    from entries
    where batch_id is not null

)

select
    model,
    batch_id,
    attempt_number,
    invocation_id,
    batch_by,
    batch_start,
    batch_end,
    fingerprint,
    code_version,
    reason,
    status,
    note,
    table_number,
    run_number,
    rows_in,
    rows_out,
    rows_set_aside,
    bytes_in,
    control_amount_in,
    control_amount_out,
    control_amount_set_aside,
    seconds,
    cast(rows_in / nullif(seconds, 0) as decimal(18, 1)) as rows_per_second,
    table_number = last_table_number
    and row_number() over (partition by model, batch_id order by attempt_number desc) = 1 as is_last_attempt,
    started_at,
    finished_at
from attempts
{%- endmacro %}

{#- Seconds between two timestamps, to the millisecond. -#}
{% macro batch_seconds(started_at, finished_at) -%}
    {{ return(adapter.dispatch('batch_seconds', 'batching')(started_at, finished_at)) }}
{%- endmacro %}

{% macro duckdb__batch_seconds(started_at, finished_at) -%}
    cast(date_diff('millisecond', {{ started_at }}, {{ finished_at }}) / 1000.0 as decimal(18, 3))
{%- endmacro %}

{% macro spark__batch_seconds(started_at, finished_at) -%}
    cast(timestampdiff(millisecond, {{ started_at }}, {{ finished_at }}) / 1000.0 as decimal(18, 3))
{%- endmacro %}

{#- Where a batched table and its plan disagree: the body of fct_batch_gaps. One row per model and batch.

    plans: dictionary from model, as 'schema.table', to its plan, as ref('...').
    gap: not done (planned, and the last attempt is not done), changed (done, but with other rows than are planned
    now), or not planned (done, but the plan no longer has it). -#}
{% macro batch_gaps(plans) -%}
with plans as (

    {% for model_name, plan in plans.items() -%}
    select
        {{ batching.batch_literal(model_name) }} as model,
        batch_id,
        fingerprint,
        row_count
    from {{ plan }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

attempts as (

    select
        *,
        row_number() over (partition by model, batch_id order by attempt_number desc) as recency,
        max(table_number) over (partition by model) as last_table_number
    from {{ batching.batch_ledger() }}
    where model in ({% for model_name in plans %}{{ batching.batch_literal(model_name) }}{{ ', ' if not loop.last }}{% endfor %})

),

last_attempts as (

    select *
    from attempts
    where
        batch_id is not null
        and recency = 1
        and table_number = last_table_number

),

compared as (

    select
        coalesce(plans.model, last_attempts.model) as model,
        coalesce(plans.batch_id, last_attempts.batch_id) as batch_id,
        case
            when plans.batch_id is null and last_attempts.status <> 'emptied' then 'not planned'
            when plans.batch_id is null then null
            when coalesce(last_attempts.status <> 'done', true) then 'not done'
            when coalesce(plans.fingerprint <> last_attempts.fingerprint, true) then 'changed'
        end as gap,
        last_attempts.status as last_status,
        last_attempts.note as last_note,
        plans.row_count as planned_rows,
        last_attempts.rows_in as done_rows
    from plans
    full outer join last_attempts
        on
            plans.model = last_attempts.model
            and plans.batch_id = last_attempts.batch_id

)

select *
from compared
where gap is not null
{%- endmacro %}

{#- Fails with every batch of a batched model that is a gap. plan: the model's plan. -#}
{% test batches_have_no_gaps(model, plan) %}

{{ batching.batch_gaps({model.schema ~ '.' ~ model.identifier: plan}) }}

{% endtest %}

{#- Fails with every batch whose last attempt took in other rows than it gave out and set aside, and, where the
    model declares batch_amount, whose control amounts do not agree. For models that neither multiply nor
    summarize rows. A batch whose rows in the table are not what its last attempt recorded fails too. -#}
{% test batches_add_up(model) %}

with last_attempts as (

    select *
    from (
        {{ batching.batch_runs() }}
    ) as runs
    where
        model = '{{ model.schema }}.{{ model.identifier }}'
        and is_last_attempt

),

table_rows as (

    select
        batch_id,
        count(*) as row_count
    from {{ model }}
    group by batch_id

),

compared as (

    select
        coalesce(last_attempts.batch_id, table_rows.batch_id) as batch_id,
        last_attempts.status,
        coalesce(last_attempts.rows_in, 0) as rows_in,
        coalesce(last_attempts.rows_out, 0) as rows_out,
        coalesce(last_attempts.rows_set_aside, 0) as rows_set_aside,
        coalesce(table_rows.row_count, 0) as rows_in_table,
        last_attempts.control_amount_in,
        coalesce(last_attempts.control_amount_out, last_attempts.control_amount_set_aside) is not null as has_amount,
        coalesce(last_attempts.control_amount_out, 0)
        + coalesce(last_attempts.control_amount_set_aside, 0) as control_amount_accounted
    from last_attempts
    full outer join table_rows
        on last_attempts.batch_id = table_rows.batch_id

)

select *
from compared
where
    rows_in is distinct from rows_out + rows_set_aside
    or rows_in_table is distinct from rows_out + rows_set_aside
    or (has_amount and control_amount_in is distinct from control_amount_accounted)

{% endtest %}
