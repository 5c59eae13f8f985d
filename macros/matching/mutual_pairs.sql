{#- The CTE mutual_pairs: pairs of which each member is the other's best; who loses a partner tries again among what is
    left. A member is in one pair at most on its side.

    candidates: relation with one row per pair that is possible. one, other: its columns with the two keys. one_order,
    other_order: the columns by which a member of that side ranks its partners; the partner's key decides the rest.
    rounds: how often it is tried. -#}
{% macro mutual_pairs(candidates, one, other, one_order, other_order, rounds) -%}
mutual_pairs_0 as (

    select
        {{ one }},
        {{ other }}
    from {{ candidates }}
    where 1 = 0

),
{%- for round in range(1, rounds + 1) %}

ranked_{{ round }} as (

    select
        candidates.{{ one }},
        candidates.{{ other }},
        row_number() over (
            partition by candidates.{{ one }}
            order by
                {%- for column in one_order %}
                candidates.{{ column }},
                {%- endfor %}
                candidates.{{ other }}
        ) as one_rank,
        row_number() over (
            partition by candidates.{{ other }}
            order by
                {%- for column in other_order %}
                candidates.{{ column }},
                {%- endfor %}
                candidates.{{ one }}
        ) as other_rank
    from {{ candidates }} as candidates
    left join mutual_pairs_{{ round - 1 }} as taken_ones
        on candidates.{{ one }} = taken_ones.{{ one }}
    left join mutual_pairs_{{ round - 1 }} as taken_others
        on candidates.{{ other }} = taken_others.{{ other }}
    where
        taken_ones.{{ one }} is null
        and taken_others.{{ other }} is null

),

mutual_pairs{{ '_' ~ round if round < rounds }} as (

    select
        {{ one }},
        {{ other }}
    from mutual_pairs_{{ round - 1 }}
    union all
    select
        {{ one }},
        {{ other }}
    from ranked_{{ round }}
    where
        one_rank = 1
        and other_rank = 1

)
{{- ',' if round < rounds }}
{%- endfor %}
{%- endmacro %}
