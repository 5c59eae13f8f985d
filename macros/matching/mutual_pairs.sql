{#- The CTE mutual_pairs: pairs of which each member is the other's best; who loses a partner tries again among what is
    left. A member is in one pair at most on its side.

    candidates: relation with one row per pair that is possible. one, other: its columns with the two keys. one_order,
    other_order: the columns by which a member of that side ranks its partners; the partner's key decides the rest.
    rounds: how often it is tried. No round reads another twice, or Spark would calculate the candidates 3^rounds times. -#}
{% macro mutual_pairs(candidates, one, other, one_order, other_order, rounds) -%}
left_0 as (

    select
        *,
        true as is_left_0
    from {{ candidates }}

),
{%- for round in range(1, rounds + 1) %}

ranked_{{ round }} as (

    select
        *,
        is_left_{{ round - 1 }}
        and row_number() over (
            partition by is_left_{{ round - 1 }}, {{ one }}
            order by
                {%- for column in one_order %}
                {{ column }},
                {%- endfor %}
                {{ other }}
        ) = 1
        and row_number() over (
            partition by is_left_{{ round - 1 }}, {{ other }}
            order by
                {%- for column in other_order %}
                {{ column }},
                {%- endfor %}
                {{ one }}
        ) = 1 as is_pair_{{ round }}
    from left_{{ round - 1 }}

),
{%- if round < rounds %}

left_{{ round }} as (

    select
        *,
        is_left_{{ round - 1 }}
        and max(case when is_pair_{{ round }} then 1 else 0 end) over (partition by {{ one }}) = 0
        and max(case when is_pair_{{ round }} then 1 else 0 end) over (partition by {{ other }}) = 0
            as is_left_{{ round }}
    from ranked_{{ round }}

),
{%- endif %}
{%- endfor %}

mutual_pairs as (

    select
        {{ one }},
        {{ other }}
    from ranked_{{ rounds }}
    where
        {%- for round in range(1, rounds + 1) %}
        {{ 'or ' if not loop.first }}is_pair_{{ round }}
        {%- endfor %}

)
{%- endmacro %}
