{#- Fails with every rule that rows of the model break: the rule, its columns, and how many rows. No value is shown.

    unique: keys, their columns with commas between. Of a key of one column, nulls are not compared; of several, a null
    is a value like any other.
    not_null: columns.
    accepted_values: values by column. A null is accepted; text is quoted, and numbers are not.

    Keys, columns and texts are given as sets ({a, b}): dbt renders each text of a list as a template of its own, an
    eighth of what a build of all took. Numbers are given as a list ([1, 2]): dbt cannot read back what it parsed of a
    set of numbers, and would parse all anew each time. Nulls and values are counted in one scan. -#}
{% test rows_conform(model, unique={}, not_null={}, accepted_values={}) %}
{{ config(fail_calc='coalesce(sum(failing_rows), 0)') }}
{%- set counts = [] -%}
{%- for column in not_null -%}
    {%- do counts.append(('not_null', column, column ~ ' is null')) -%}
{%- endfor -%}
{%- for column, values in accepted_values.items() -%}
    {%- set literals = [] -%}
    {%- for value in values -%}
        {%- do literals.append("'" ~ value ~ "'" if value is string else value) -%}
    {%- endfor -%}
    {%- do counts.append(('accepted_values', column, column ~ ' not in (' ~ literals | join(', ') ~ ')')) -%}
{%- endfor %}

with broken as (

    {%- if counts %}
    select
        rules.rule,
        rules.column_names,
        case rules.rule_number
            {%- for _ in counts %}
            when {{ loop.index }} then counted.rows_{{ loop.index }}
            {%- endfor %}
        end as failing_rows
    from (
        select
            {%- for _, _, condition in counts %}
            count(case when {{ condition }} then 1 end) as rows_{{ loop.index }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ model }}
    ) as counted
    cross join (
        {%- for rule, column, _ in counts %}
        select {{ loop.index }} as rule_number, '{{ rule }}' as rule, '{{ column }}' as column_names
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as rules
    {%- endif %}
    {%- for columns in unique %}
    {{ 'union all' if counts or not loop.first }}
    select
        'unique' as rule,
        '{{ columns }}' as column_names,
        sum(repeated.row_count) as failing_rows
    from (
        select count(*) as row_count
        from {{ model }}
        {{ 'where ' ~ columns ~ ' is not null' if ',' not in columns }}
        group by {{ columns }}
        having count(*) > 1
    ) as repeated
    {%- endfor %}

)

select
    rule,
    column_names,
    failing_rows
from broken
where failing_rows > 0

{% endtest %}
