{#- The words of a text in any script: upper case without accents, letters and digits, one space between them; a number of
    four digits and more without the zeros that lead it. -#}
{% macro words_of_text(expression) -%}
    {%- set unaccented = "replace(translate(upper(" ~ expression ~ "), 'ÁÀÂÃÅÄÉÈÊËÍÌÎÏÓÒÔÕØÖÚÙÛÜÇÑÝŠŽČĆŁŃŚŹŻŘĎŤŇĄĘŐŰŞĞİ', "
        ~ "'AAAAAAEEEEIIIIOOOOOOUUUUCNYSZCCLNSZZRDTNAEOUSGI'), 'ß', 'SS')" -%}
    {%- set unled = regexp_replace_all(unaccented, '(^|[^\\p{L}\\p{N}])0+([1-9][0-9]{3,})', '$1$2') -%}
    trim({{ regexp_replace_all(unled, '[^\\p{L}\\p{M}\\p{N}]+', ' ') }})
{%- endmacro %}
