{#- Each subject of each decision, once; the decisions are a relation decisions with the columns of int_decisions. -#}
{% macro subjects_of_decisions() -%}
    select distinct
        decision_id,
        subject
    from (
        select
            decision_id,
            {{ each_word('subjects') }} as subject
        from decisions
    ) as words
    where subject <> ''
{%- endmacro %}
