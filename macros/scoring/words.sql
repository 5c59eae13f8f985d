{#- The words of a text in any script: upper case without accents, letters and digits, one space between them. -#}
{% macro words_of_text(expression) -%}
    trim({{ regexp_replace_all(
        "replace(translate(upper(" ~ expression ~ "), 'ÁÀÂÃÅÄÉÈÊËÍÌÎÏÓÒÔÕØÖÚÙÛÜÇÑÝŠŽČĆŁŃŚŹŻŘĎŤŇĄĘŐŰŞĞİ', "
        ~ "'AAAAAAEEEEIIIIOOOOOOUUUUCNYSZCCLNSZZRDTNAEOUSGI'), 'ß', 'SS')",
        '[^\\p{L}\\p{M}\\p{N}]+',
        ' '
    ) }})
{%- endmacro %}
