{#- Whether an account has what an entry of NACHA needs: nine digits whose weighted sum (3, 7, 1) is a multiple of ten,
    and a number of 1 to 17 characters (`_entry` of orchestration/payroll/nacha.py). -#}
{% macro has_nacha_account(relation) -%}
    ({{ relation }}.account_kind is not null
    and case
        when
            {{ regexp_is_found("upper(replace(" ~ relation ~ ".account_number, ' ', ''))", '^[0-9A-Z-]{1,17}$') }}
            and {{ regexp_is_found(relation ~ '.routing_number', '^[0-9]{9}$') }}
            then mod(
                {%- for weight in [3, 7, 1] * 3 %}
                {{ weight }} * cast(substr({{ relation }}.routing_number, {{ loop.index }}, 1) as integer)
                {{- ' +' if not loop.last }}
                {%- endfor %},
                10
            ) = 0
        else false
    end)
{%- endmacro %}

{#- Whether a payment file can carry a name: a letter of Latin script or a digit, and no control character
    (`folded` of orchestration/payroll/payment_rows.py). -#}
{% macro is_name_writable(name) -%}
    ({{ regexp_is_found(name, '[0-9A-Za-zÀ-ÖØ-öø-ſ]') }}
    and not {{ regexp_is_found(name, '[\\x00-\\x1f\\x7f-\\x9f]') }})
{%- endmacro %}
