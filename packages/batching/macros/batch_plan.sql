{#- A batch plan: one row per batch of the given inputs. The whole body of an ordinary model.

    inputs: list of inputs, every one that a model cuts with this plan. Each is a dictionary:
        relation  the relation, as ref('...')
        key       expression that places a row in a batch; for rows and bytes the order of arrival, unique
        columns   expressions whose change makes a batch pending; the fewer, the cheaper the plan
        rows      number of records a row stands for; default 1
        bytes     size of a row in bytes; default unknown, required by bytes
        amount    control amount of a row; default none
    by: hour, day, week, month, calendar, number, rows or bytes.
    size: for number, rows and bytes, how many record numbers, records or bytes one batch holds.
    calendar: for calendar, a dictionary {relation, id, start, end} of half-open periods that do not overlap.
    key_type: type the key is compared in. Default timestamp for hour, bigint for number, rows and bytes,
        otherwise date. -#}
{% macro batch_plan(inputs, by, size=none, calendar=none, key_type=none) -%}
{%- if by not in ['hour', 'day', 'week', 'month', 'calendar', 'number', 'rows', 'bytes'] -%}
    {{ exceptions.raise_compiler_error("batch_plan: unknown value of by: " ~ by) }}
{%- endif -%}
{%- if by in ['number', 'rows', 'bytes'] and (not size or inputs | length != 1) -%}
    {{ exceptions.raise_compiler_error("batch_plan: by " ~ by ~ " needs a size and exactly one input") }}
{%- endif -%}
{%- if by == 'calendar' and not calendar -%}
    {{ exceptions.raise_compiler_error("batch_plan: by calendar needs a calendar") }}
{%- endif -%}
{%- if by == 'bytes' and not inputs[0].get('bytes') -%}
    {{ exceptions.raise_compiler_error("batch_plan: by bytes needs the bytes of the input") }}
{%- endif -%}
{%- set defaults = {'hour': 'timestamp', 'number': 'bigint', 'rows': 'bigint', 'bytes': 'bigint'} -%}
{%- set key_type = key_type or defaults.get(by, 'date') -%}
{%- if by == 'calendar' -%}
{{ batching.batch_plan_by_calendar(inputs, calendar, key_type) }}
{%- elif by == 'number' -%}
{{ batching.batch_plan_by_number(inputs, size, key_type) }}
{%- elif by in ['rows', 'bytes'] -%}
{{ batching.batch_plan_by_size(inputs, by, size, key_type) }}
{%- else -%}
{{ batching.batch_plan_by_time(inputs, by, key_type) }}
{%- endif -%}
{%- endmacro %}

{#- Totals of one input per value of an expression: period_key, row_count, byte_count, control_amount, fingerprint. -#}
{% macro batch_totals(input, period_key) -%}
    select
        {{ period_key }} as period_key,
        cast(sum({{ input.get('rows', 1) }}) as bigint) as row_count,
        cast({{ 'sum(' ~ input['bytes'] ~ ')' if input.get('bytes') else 'null' }} as bigint) as byte_count,
        cast(
            {{ 'sum(' ~ input['amount'] ~ ')' if input.get('amount') else 'null' }} as decimal(38, 6)
        ) as control_amount,
        sum({{ batching.batch_row_hash(input['columns'] + [input['key']]) }}) as fingerprint
    from {{ input['relation'] }}
    group by 1
{%- endmacro %}

{#- Totals of all inputs, as the common table expression input_totals. -#}
{% macro batch_input_totals(inputs, period_keys) -%}
input_totals as (

    {% for input in inputs -%}
    {{ batching.batch_totals(input, period_keys[loop.index0]) }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

)
{%- endmacro %}

{#- A 64-bit hash of a row. Their sum is a fingerprint that does not depend on the order of the rows and counts
    a row as often as it stands there. -#}
{% macro batch_row_hash(columns) -%}
    {{ return(adapter.dispatch('batch_row_hash', 'batching')(columns)) }}
{%- endmacro %}

{% macro duckdb__batch_row_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) as hugeint)
{%- endmacro %}

{#- xxhash64 skips nulls, so a value that moves to the next column would not show without the null flags. -#}
{% macro spark__batch_row_hash(columns) -%}
    cast(xxhash64(
        {{- columns | join(', ') }}, {% for column in columns %}isnull({{ column }}){{ ', ' if not loop.last }}{% endfor -%}
    ) as decimal(20, 0))
{%- endmacro %}

{#- The last step of every plan, from period_totals: batch_id, batch_start, batch_end, then the totals. A null
    batch_id is the remainder. -#}
{% macro batch_plan_rows(batch_by, key_type) -%}
select
    coalesce(batch_id, 'remainder') as batch_id,
    '{{ batch_by }}' as batch_by,
    cast(case when batch_id is not null then batch_start end as {{ dbt.type_string() }}) as batch_start,
    cast(case when batch_id is not null then batch_end end as {{ dbt.type_string() }}) as batch_end,
    '{{ key_type }}' as key_type,
    concat(
        cast(sum(row_count) as {{ dbt.type_string() }}), ':', cast(sum(fingerprint) as {{ dbt.type_string() }})
    ) as fingerprint,
    cast(sum(row_count) as bigint) as row_count,
    cast(sum(byte_count) as bigint) as byte_count,
    cast(sum(control_amount) as decimal(38, 6)) as control_amount,
    batch_id is null as is_remainder
from period_totals
group by batch_id, batch_start, batch_end
{%- endmacro %}

{#- Keys outside the years 1 to 9998 are placeholders, not times, and go to the remainder with the nulls. -#}
{% macro batch_plan_by_time(inputs, grain, key_type) -%}
{%- set period_keys = [] -%}
{%- for input in inputs -%}
    {%- set start = 'cast(' ~ dbt.date_trunc(grain, input['key']) ~ ' as ' ~ key_type ~ ')' -%}
    {%- do period_keys.append(
        "case when " ~ input['key'] ~ " >= cast('0001-01-01' as " ~ key_type ~ ") and "
        ~ input['key'] ~ " < cast('9999-01-01' as " ~ key_type ~ ") then " ~ start ~ ' end'
    ) -%}
{%- endfor -%}
{%- set id_lengths = {'hour': 13, 'day': 10, 'week': 10, 'month': 7} -%}
with {{ batching.batch_input_totals(inputs, period_keys) }},

period_totals as (

    select
        replace(
            substring(cast(period_key as {{ dbt.type_string() }}), 1, {{ id_lengths[grain] }}), ' ', 'T'
        ) as batch_id,
        period_key as batch_start,
        cast({{ dbt.dateadd(grain, 1, 'period_key') }} as {{ key_type }}) as batch_end,
        row_count,
        byte_count,
        control_amount,
        fingerprint
    from input_totals

)

{{ batching.batch_plan_rows('time', key_type) }}
{%- endmacro %}

{#- The inputs are totalled per key before they meet the calendar, so the range join is over distinct keys. -#}
{% macro batch_plan_by_calendar(inputs, calendar, key_type) -%}
with {{ batching.batch_input_totals(inputs, inputs | map(attribute='key') | list) }},

period_totals as (

    select
        cast(periods.{{ calendar['id'] }} as {{ dbt.type_string() }}) as batch_id,
        cast(periods.{{ calendar['start'] }} as {{ key_type }}) as batch_start,
        cast(periods.{{ calendar['end'] }} as {{ key_type }}) as batch_end,
        input_totals.row_count,
        input_totals.byte_count,
        input_totals.control_amount,
        input_totals.fingerprint
    from input_totals
    left join {{ calendar['relation'] }} as periods
        on
            input_totals.period_key >= periods.{{ calendar['start'] }}
            and input_totals.period_key < periods.{{ calendar['end'] }}

)

{{ batching.batch_plan_rows('time', key_type) }}
{%- endmacro %}

{#- Ranges of a record number that was given on arrival: no sort, and a deletion moves no other batch. -#}
{% macro batch_plan_by_number(inputs, size, key_type) -%}
with {{ batching.batch_input_totals(inputs, ['cast(floor(' ~ inputs[0]['key'] ~ ' / ' ~ size ~ ') as ' ~ key_type ~ ')']) }},

period_totals as (

    select
        lpad(cast(period_key as {{ dbt.type_string() }}), 12, '0') as batch_id,
        period_key * {{ size }} as batch_start,
        (period_key + 1) * {{ size }} as batch_end,
        row_count,
        byte_count,
        control_amount,
        fingerprint
    from input_totals

)

{{ batching.batch_plan_rows('rows', key_type) }}
{%- endmacro %}

{#- Batches in the order of arrival. Every number below depends only on the records that arrived before, so
    appended records touch the last batch and nothing else; the last batch has no end.

    rows: exactly size records, the last batch fewer.
    bytes: no batch above size, unless a single record is. Records above half the size stand alone; the others
    are cut wherever their running total passes a multiple of half the size, so what one of them adds to its
    batch is at most the other half. -#}
{% macro batch_plan_by_size(inputs, by, size, key_type) -%}
{%- set input = inputs[0] -%}
{%- set part_size = size / 2 if by == 'bytes' else size -%}
with records as (

    select
        {{ input['key'] }} as record_key,
        {{ batching.batch_row_hash(input['columns'] + [input['key']]) }} as row_hash,
        {{ input.get('rows', 1) }} as row_count,
        cast({{ input.get('bytes', 'null') }} as bigint) as byte_count,
        cast({{ input.get('amount', 'null') }} as decimal(38, 6)) as control_amount,
        {{ 'case when ' ~ input['bytes'] ~ ' > ' ~ part_size ~ ' then 1 else 0 end' if by == 'bytes' else 0 }} as is_large
    from {{ input['relation'] }}

),

running_totals as (

    select
        *,
        sum(is_large) over (
            order by record_key
            rows between unbounded preceding and current row
        ) as large_records,
        floor(coalesce(sum(case when is_large = 0 then {{ 'byte_count' if by == 'bytes' else 'row_count' }} end) over (
            order by record_key
            rows between unbounded preceding and 1 preceding
        ), 0) / {{ part_size }}) as part_number
    from records
    where record_key is not null

),

part_totals as (

    select
        min(record_key) as batch_start,
        sum(row_count) as row_count,
        sum(byte_count) as byte_count,
        sum(control_amount) as control_amount,
        sum(row_hash) as fingerprint
    from running_totals
    group by large_records, is_large, part_number

),

period_totals as (

    select
        lpad(cast(row_number() over (order by batch_start) as {{ dbt.type_string() }}), 12, '0') as batch_id,
        batch_start,
        lead(batch_start) over (order by batch_start) as batch_end,
        row_count,
        byte_count,
        control_amount,
        fingerprint
    from part_totals
    union all
    select
        null as batch_id,
        null as batch_start,
        null as batch_end,
        row_count,
        byte_count,
        control_amount,
        row_hash as fingerprint
    from records
    where record_key is null

)

{{ batching.batch_plan_rows(by, key_type) }}
{%- endmacro %}
