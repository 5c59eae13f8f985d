{#- What tells an account of an employee from any other. relation: with iban, routing_number and account_number. -#}
{% macro account_key(relation) -%}
    coalesce({{ relation }}.iban, {{ relation }}.routing_number || '/' || {{ relation }}.account_number)
{%- endmacro %}

{#- The id of the question whether a payslip may be paid to an account that came after the close of its period, and that
    keeps it from being paid. relation: with payslip_id and account_key. -#}
{% macro late_account_id(relation) -%}
    {{ surrogate_key(["'late_account'", relation ~ '.payslip_id', relation ~ '.account_key']) }}
{%- endmacro %}
