{#- A reference as it is compared: upper case, letters and digits only, null when nothing is left. -#}
{% macro normalized_reference(expression) -%}
    nullif({{ regexp_replace_all('upper(' ~ expression ~ ')', '[^A-Z0-9]', '') }}, '')
{%- endmacro %}

{#- A bank account number or IBAN as it is compared: upper case, letters and digits only. -#}
{% macro normalized_account(expression) -%}
    {{ normalized_reference(expression) }}
{%- endmacro %}

{#- The first thing in a free text that looks like a reference (var reference_pattern), normalized. -#}
{% macro reference_in_text(expression) -%}
    {{ normalized_reference("regexp_extract(upper(" ~ expression ~ "), '" ~ var('reference_pattern') ~ "', 0)") }}
{%- endmacro %}
