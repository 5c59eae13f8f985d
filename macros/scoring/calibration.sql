{#- What one-to-one odds are worth in truth, as a probability to six decimals: between the weights of two whole numbers of
    bits, which were learned, in a straight line. Where most items of an account find a partner a pair is likelier than where
    few do, so each band of that share has a map of its own.

    pairs: relation with account_id, currency, pool_items and settled_odds. map: relation with level, a band and a whole
    number of bits, and weight. Result: pairs with probability. -#}
{% macro calibrated(pairs, map) -%}
    select
        placed.*,
        {{ probability_of_weight(
            'low.weight + (high.weight - low.weight) * (placed.settled_bits - floor(placed.settled_bits))'
        ) }} as probability
    from (
        select
            *,
            {{ binned('paired_share', [0.6, 0.8, 0.95]) }} as band
        from (
            select
                *,
                least(greatest(round({{ log_scaled('greatest(settled_odds, 1e-30)') }}, 6), -12), 19.999999)
                    as settled_bits,
                2 * sum(cast(settled_odds / (1 + settled_odds) as decimal(9, 6)))
                    over (partition by account_id, currency) / pool_items as paired_share
            from {{ pairs }}
        ) as settled_pairs
    ) as placed
    inner join {{ map }} as low
        on low.level = placed.band || ' ' || cast(cast(floor(placed.settled_bits) as integer) as string)
    inner join {{ map }} as high
        on high.level = placed.band || ' ' || cast(cast(floor(placed.settled_bits) as integer) + 1 as string)
{%- endmacro %}
