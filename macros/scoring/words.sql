{#- The words of a text in any script: upper case without accents, letters and digits, one space between them. -#}
{% macro words_of_text(expression) -%}
    trim({{ regexp_replace_all(
        "replace(translate(upper(" ~ expression ~ "), 'ÁÀÂÃÅÄÉÈÊËÍÌÎÏÓÒÔÕØÖÚÙÛÜÇÑÝŠŽČĆŁŃŚŹŻŘĎŤŇĄĘŐŰŞĞİ', "
        ~ "'AAAAAAEEEEIIIIOOOOOOUUUUCNYSZCCLNSZZRDTNAEOUSGI'), 'ß', 'SS')",
        '[^\\p{L}\\p{M}\\p{N}]+',
        ' '
    ) }})
{%- endmacro %}

{#- How often each digit stands in an amount, zeros apart: the same for amounts whose digits were exchanged. -#}
{% macro digits_of_amount(expression) -%}
    {%- set text = 'cast(' ~ expression ~ ' as string)' -%}
    {%- for digit in range(1, 10) %}
    cast(length({{ text }}) - length(replace({{ text }}, '{{ digit }}', '')) as string)
    {%- if not loop.last %} || {% endif %}
    {%- endfor %}
{%- endmacro %}
