{#- The condition that cuts one input of a batched model. Outside a batch (compile, show, unit tests, docs, any
    other materialization) it is true for every row, so the same SQL can be run at once; the batched
    materialization puts each batch's own condition in its place.

    key: column or expression of the input that the plan is cut by. plan: the plan, as ref('...'). -#}
{% macro in_batch(key, plan) -%}
    {%- if '*/' in key or '*/' in plan | string -%}
        {{ exceptions.raise_compiler_error("in_batch: the key must not contain a comment: " ~ key) }}
    {%- endif -%}
    {%- if execute and config.get('materialized') == 'batched' -%}
        {%- set partition_by = config.get('partition_by') -%}
        {%- if partition_by and partition_by not in ['batch_id', ['batch_id']] -%}
            {{ exceptions.raise_compiler_error(
                "A batched model is partitioned by batch_id and nothing else, but partition_by is "
                ~ partition_by ~ ": a batch would replace rows of other batches. Remove partition_by."
            ) }}
        {%- endif -%}
    {%- endif -%}
    /* in_batch {{ tojson({'key': key, 'plan': plan | string}) }} */ 1 = 1 /* end_in_batch */
{%- endmacro %}

{#- The places where in_batch stands in a compiled query: a list of {text, key, plan}. -#}
{% macro batch_markers(sql) %}
    {%- set markers = [] -%}
    {%- for json in modules.re.findall('/[*] in_batch (.+?) [*]/ 1 = 1 /[*] end_in_batch [*]/', sql) -%}
        {%- set marker = fromjson(json) -%}
        {%- do markers.append({
            'text': '/* in_batch ' ~ json ~ ' */ 1 = 1 /* end_in_batch */',
            'key': marker['key'],
            'plan': marker['plan'],
        }) -%}
    {%- endfor -%}
    {{ return(markers) }}
{% endmacro %}

{#- Checksum of a compiled query, with the name of the plan left out: two plans with the same batches are one
    version of the code. -#}
{% macro batch_code_version(sql) %}
    {%- set text = namespace(sql=sql) -%}
    {%- for marker in batching.batch_markers(sql) -%}
        {%- set text.sql = text.sql | replace(marker['text'], 'in_batch(' ~ marker['key'] ~ ')') -%}
    {%- endfor -%}
    {{ return(local_md5(text.sql | trim)) }}
{% endmacro %}

{#- A compiled query with one condition in place of every marker. A null condition leaves no row.

    period: {batch_start, batch_end, key_type, is_remainder}; periods: all periods of the plan, needed for the
    remainder, which is everything that no period of the plan covers. -#}
{% macro batch_sql(sql, period, periods) %}
    {%- set text = namespace(sql=sql) -%}
    {%- for marker in batching.batch_markers(sql) -%}
        {%- set text.sql = text.sql | replace(marker['text'], batching.batch_condition(marker['key'], period, periods)) -%}
    {%- endfor -%}
    {{ return(text.sql) }}
{% endmacro %}

{% macro batch_condition(key, period, periods) %}
    {%- if period is none -%}
        {{ return('1 = 0') }}
    {%- endif -%}
    {%- if period['is_remainder'] and not periods -%}
        {{ return('1 = 1') }}
    {%- elif period['is_remainder'] -%}
        {%- set conditions = ['(' ~ key ~ ') is null'] -%}
        {%- for gap in batching.batch_gaps_between(periods) -%}
            {%- do conditions.append(batching.batch_range(key, gap)) -%}
        {%- endfor -%}
        {{ return('(' ~ conditions | join('\n        or ') ~ ')') }}
    {%- endif -%}
    {{ return('(' ~ batching.batch_range(key, period) ~ ')') }}
{% endmacro %}

{#- The half-open range of a period as a condition; an end or a start that is null is open. -#}
{% macro batch_range(key, period) %}
    {%- set conditions = [] -%}
    {%- if period['batch_start'] is not none -%}
        {%- do conditions.append(
            key ~ ' >= cast(' ~ batching.batch_literal(period['batch_start']) ~ ' as ' ~ period['key_type'] ~ ')'
        ) -%}
    {%- endif -%}
    {%- if period['batch_end'] is not none -%}
        {%- do conditions.append(
            key ~ ' < cast(' ~ batching.batch_literal(period['batch_end']) ~ ' as ' ~ period['key_type'] ~ ')'
        ) -%}
    {%- endif -%}
    {{ return(conditions | join(' and ') or key ~ ' is not null') }}
{% endmacro %}

{#- What lies before, between and after the periods of a plan, which are given in order. -#}
{% macro batch_gaps_between(periods) %}
    {%- set gaps = [] -%}
    {%- for period in periods -%}
        {%- set before = none if loop.first else loop.previtem['batch_end'] -%}
        {%- if loop.first or before != period['batch_start'] -%}
            {%- do gaps.append({
                'batch_start': before, 'batch_end': period['batch_start'], 'key_type': period['key_type'],
            }) -%}
        {%- endif -%}
        {%- if loop.last and period['batch_end'] is not none -%}
            {%- do gaps.append({
                'batch_start': period['batch_end'], 'batch_end': none, 'key_type': period['key_type'],
            }) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(gaps) }}
{% endmacro %}
