{#- Key of a cash letter: its file, and its place in it. -#}
{% macro cash_letter_id(file_hash, cash_letter_number) -%}
    concat({{ file_hash }}, '-', cast({{ cash_letter_number }} as string))
{%- endmacro %}

{#- An account as a MICR line has it, which fills with zeros, or as the bank has. -#}
{% macro micr_account(expression) -%}
    {{ regexp_replace_all(normalized_account(expression), '^0+', '') }}
{%- endmacro %}

{#- How many of 64 bits differ. -#}
{% macro differing_bits(one, other) -%}
    {{ return(adapter.dispatch('differing_bits', 'tieout')(one, other)) }}
{%- endmacro %}

{% macro default__differing_bits(one, other) -%}
    bit_count({{ one }} ^ {{ other }})
{%- endmacro %}

{% macro duckdb__differing_bits(one, other) -%}
    cast(bit_count(xor({{ one }}, {{ other }})) as integer)
{%- endmacro %}

{#- One of the eight bands of eight bits of a hash, from the lowest, 0: two hashes that differ in fewer than eight bits
    have at least one in common. -#}
{% macro hash_band(hash, band) -%}
    {{ return(adapter.dispatch('hash_band', 'tieout')(hash, band)) }}
{%- endmacro %}

{% macro default__hash_band(hash, band) -%}
    shiftright({{ hash }}, {{ 8 * band }}) & 255
{%- endmacro %}

{% macro duckdb__hash_band(hash, band) -%}
    ({{ hash }} >> {{ 8 * band }}) & 255
{%- endmacro %}
