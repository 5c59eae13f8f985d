{#- Upper case, letters and digits only, null when nothing is left. -#}
{% macro letters_and_digits(expression) -%}
    nullif({{ regexp_replace_all('upper(' ~ expression ~ ')', '[^A-Z0-9]', '') }}, '')
{%- endmacro %}

{#- A bank account number or IBAN as it is compared. Leading zeros belong to an account number. -#}
{% macro normalized_account(expression) -%}
    {{ letters_and_digits(expression) }}
{%- endmacro %}

{#- A reference as it is compared: a cheque number 0000100235 is the same as 100235. -#}
{% macro normalized_reference(expression) -%}
    nullif({{ regexp_replace_all(letters_and_digits(expression), '^0+', '') }}, '')
{%- endmacro %}

{#- The first thing in a free text that looks like a reference (var reference_pattern), normalized. -#}
{% macro reference_in_text(expression) -%}
    {{ normalized_reference("regexp_extract(upper(" ~ expression ~ "), '" ~ var('reference_pattern') ~ "', 0)") }}
{%- endmacro %}
