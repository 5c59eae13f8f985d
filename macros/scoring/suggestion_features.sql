{#- The features of a candidate pair, in the order in which evidence is told. -#}
{% macro suggestion_features() %}
    {{ return(['amount', 'date', 'words', 'conflict', 'reference']) }}
{% endmacro %}
