{#- The pseudonym of an employee outside the schema payroll: the same for the same id and secret, and not to be found
    without the secret, TIEOUT_PSEUDONYM_KEY of the environment. The secret is no part of the compiled SQL, which stands
    in target/ and logs/: DuckDB's connection has a function that knows it (orchestration/dbt_plugin.py), Spark puts it
    in when the statement runs (profiles.yml). -#}
{% macro employee_key(employee_id) -%}
    {{ return(adapter.dispatch('employee_key', 'tieout')(employee_id)) }}
{%- endmacro %}

{% macro default__employee_key(employee_id) -%}
    sha2(concat('${spark.tieout.pseudonym}', '/', {{ employee_id }}), 256)
{%- endmacro %}

{% macro duckdb__employee_key(employee_id) -%}
    python.employee_key({{ employee_id }})
{%- endmacro %}
