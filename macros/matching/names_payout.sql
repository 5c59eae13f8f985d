{#- Whether the words of a line, in upper case with blanks around each, name a payout. A short reference would occur by
    chance. -#}
{% macro names_payout(words, payout_reference) -%}
    coalesce(
        length({{ payout_reference }}) >= 6
        and position(
            ' ' || {{ regexp_replace_all('upper(' ~ payout_reference ~ ')', '[^A-Z0-9_]+', ' ') }} || ' ' in {{ words }}
        ) > 0,
        false
    )
{%- endmacro %}
