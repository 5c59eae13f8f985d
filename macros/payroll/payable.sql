{#- Whether an account has what an entry of NACHA needs. -#}
{% macro has_nacha_account(relation) -%}
    ({{ relation }}.routing_number is not null and {{ relation }}.account_number is not null
    and {{ relation }}.account_kind is not null)
{%- endmacro %}

{#- Whether a payment file can carry a name: a letter of Latin script or a digit, and no control character
    (`folded` of orchestration/payroll/payment_rows.py). -#}
{% macro is_name_writable(name) -%}
    ({{ regexp_is_found(name, '[0-9A-Za-zÀ-ÖØ-öø-ſ]') }}
    and not {{ regexp_is_found(name, '[\\x00-\\x1f\\x7f-\\x9f]') }})
{%- endmacro %}
