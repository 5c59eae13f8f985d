{#- Upper case, letters and digits only, null when nothing is left. -#}
{% macro letters_and_digits(expression) -%}
    nullif({{ regexp_replace_all('upper(' ~ expression ~ ')', '[^A-Z0-9]', '') }}, '')
{%- endmacro %}

{#- A bank account number or IBAN as it is compared. Leading zeros belong to an account number. -#}
{% macro normalized_account(expression) -%}
    {{ letters_and_digits(expression) }}
{%- endmacro %}

{#- A reference as it is compared: without the zeros that lead a number, so INV-2026-004711 is INV-2026-4711 and
    the cheque number 0000100235 is 100235. -#}
{% macro normalized_reference(expression) -%}
    nullif({{ letters_and_digits(regexp_replace_all('upper(' ~ expression ~ ')', '(^|[^0-9])0+([0-9])', '$1$2')) }}, '0')
{%- endmacro %}

{#- The first thing in a free text that looks like a reference (var reference_pattern), normalized. -#}
{% macro reference_in_text(expression) -%}
    {{ normalized_reference("regexp_extract(upper(" ~ expression ~ "), '" ~ var('reference_pattern') ~ "', 0)") }}
{%- endmacro %}

{#- A reference with the slips of reading undone: the words before the number (RF, REF:, Invoice no.) go, letters
    that look like digits become those digits (vars reference_slips_from and reference_slips_to), and zeros go, because
    leading ones come and go. Null when fewer than four characters are left. -#}
{% macro folded_reference(expression) -%}
    {{ longer_than_three(
        "replace(translate("
        ~ regexp_replace_all(
            regexp_replace_all('upper(trim(' ~ expression ~ '))', '^([A-Z]+[^A-Z0-9]+)+', ''),
            '^[A-Z][A-Z]+|[^A-Z0-9]', ''
        )
        ~ ", '" ~ var('reference_slips_from') ~ "', '" ~ var('reference_slips_to') ~ "'), '0', '')"
    ) }}
{%- endmacro %}

{#- A text, or null when it has three characters or fewer. -#}
{% macro longer_than_three(expression) -%}
    nullif(regexp_extract({{ expression }}, '^....+$', 0), '')
{%- endmacro %}

{#- A counterparty as it is compared: letters and digits without accents, an umlaut like the two letters it may be written
    as, and no more of them than the shortest format carries. -#}
{% macro normalized_counterparty(expression) -%}
    {%- set plain = "translate(upper(" ~ expression ~ "), 'ÁÀÂÃÅÄÉÈÊËÍÌÎÏÓÒÔÕØÖÚÙÛÜÇÑÝŠŽČĆŁŃŚŹŻŘĎŤŇ', "
        ~ "'AAAAAAEEEEIIIIOOOOOOUUUUCNYSZCCLNSZZRDTN')" -%}
    {%- set written_out = "replace(replace(" ~ plain ~ ", 'ß', 'SS'), 'ẞ', 'SS')" -%}
    left(
        {{ letters_and_digits("replace(replace(replace(" ~ written_out ~ ", 'AE', 'A'), 'OE', 'O'), 'UE', 'U')") }},
        {{ var('counterparty_key_length') }}
    )
{%- endmacro %}
