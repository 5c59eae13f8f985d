{#- The pseudonym of an employee outside the schema payroll: the same for the same id and secret, and not to be found without
    the secret, TIEOUT_PSEUDONYM_KEY of the environment. -#}
{% macro employee_key(employee_id) -%}
    {{ sha256_hex("concat('" ~ (env_var('TIEOUT_PSEUDONYM_KEY', 'demo-company-only') | replace("'", "''")) ~ "', '/', " ~ employee_id ~ ")") }}
{%- endmacro %}

{#- SHA-256 of a text, in hexadecimal digits. -#}
{% macro sha256_hex(expression) -%}
    {{ return(adapter.dispatch('sha256_hex', 'tieout')(expression)) }}
{%- endmacro %}

{% macro duckdb__sha256_hex(expression) -%}
    sha256({{ expression }})
{%- endmacro %}

{% macro spark__sha256_hex(expression) -%}
    sha2({{ expression }}, 256)
{%- endmacro %}
