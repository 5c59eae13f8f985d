{#- The id of the prenote that tries an account of an employee. relation: with employee_id, routing_number, account_number and
    account_kind. -#}
{% macro prenote_id(relation) -%}
    {%- set columns = [] -%}
    {%- for column in ['employee_id', 'routing_number', 'account_number', 'account_kind'] -%}
        {%- do columns.append(relation ~ '.' ~ column) -%}
    {%- endfor -%}
    'N' || upper(left({{ surrogate_key(columns) }}, 14))
{%- endmacro %}
