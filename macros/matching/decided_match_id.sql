{#- The id of the match that a decision makes. -#}
{% macro decided_match_id(decision_id) -%}
    {{ surrogate_key(["'decision'", decision_id]) }}
{%- endmacro %}
