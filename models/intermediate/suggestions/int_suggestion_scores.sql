with features as (

    select * from {{ ref('int_suggestion_features') }}

),

weights as (

    select * from {{ ref('match_weights') }}

),

prior as (

    select weight
    from weights
    where feature = 'prior'

),

scored as (

    select
        features.*,
        {%- for feature in suggestion_features() %}
        coalesce({{ feature }}_weights.weight, 0) as {{ feature }}_weight,
        {%- endfor %}
        prior.weight as prior_weight
    from features
    cross join prior
    {%- for feature in suggestion_features() %}
    left join weights as {{ feature }}_weights
        on
            {{ feature }}_weights.feature = '{{ feature }}'
            and features.{{ feature }}_level = {{ feature }}_weights.level
    {%- endfor %}

),

weighed as (

    select
        *,
        cast(
            prior_weight
            {%- for feature in suggestion_features() %}
            + {{ feature }}_weight
            {%- endfor %} as decimal(9, 3)
        ) as match_weight
    from scored

)

select
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    {%- for feature in suggestion_features() %}
    {{ feature }}_level,
    {%- endfor %}
    pool_items,
    days_after_ledger,
    amount_difference,
    shared_bits,
    conflict_bits,
    {%- for feature in suggestion_features() %}
    {{ feature }}_weight,
    {%- endfor %}
    prior_weight,
    match_weight,
    {{ probability_of_weight('match_weight') }} as probability_alone,
    {{ odds_of_weight("least(match_weight, 25)") }} as odds
from weighed
where match_weight >= {{ var('suggestion_least_weight') }}
