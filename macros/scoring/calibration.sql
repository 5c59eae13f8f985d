{#- What one-to-one odds are worth in truth, as a probability to six decimals: between the weights of two whole numbers of
    bits, which were learned, in a straight line.

    pairs: relation with settled_odds. map: relation with level, a whole number of bits, and weight. Result: pairs with
    probability. -#}
{% macro calibrated(pairs, map) -%}
    select
        placed.*,
        {{ probability_of_weight(
            'low.weight + (high.weight - low.weight) * (placed.settled_bits - floor(placed.settled_bits))'
        ) }} as probability
    from (
        select
            *,
            least(greatest(round({{ log_scaled('greatest(settled_odds, 1e-30)') }}, 6), -12), 19.999999) as settled_bits
        from {{ pairs }}
    ) as placed
    inner join {{ map }} as low
        on low.level = cast(cast(floor(placed.settled_bits) as integer) as string)
    inner join {{ map }} as high
        on high.level = cast(cast(floor(placed.settled_bits) as integer) + 1 as string)
{%- endmacro %}
