{# Of the pairs, those that are each other's best, are probable enough, and are clear enough of the next best pair of
   either item. Probabilities are compared as rounded; ids break ties, so a tie never depends on the order of rows. #}
with pairs as (

    select
        bank_item_id,
        ledger_item_id,
        odds * bank_freedom * ledger_freedom as settled_odds
    from {{ ref('int_suggestion_messages_4') }}

),

scores as (

    select * from {{ ref('int_suggestion_scores') }}

),

calibration as (

    select
        level,
        weight
    from {{ ref('match_weights') }}
    where feature = 'calibration'

),

likely as (

    {{ calibrated('pairs', 'calibration') }}

),

ranked as (

    select
        *,
        row_number() over by_bank as bank_rank,
        row_number() over by_ledger as ledger_rank,
        coalesce(lead(probability) over by_bank, 0) as bank_runner_up,
        coalesce(lead(probability) over by_ledger, 0) as ledger_runner_up
    from likely
    window
        by_bank as (partition by bank_item_id order by probability desc, ledger_item_id asc),
        by_ledger as (partition by ledger_item_id order by probability desc, bank_item_id asc)

),

chosen as (

    select
        *,
        cast(greatest(bank_runner_up, ledger_runner_up) as decimal(9, 6)) as runner_up_probability
    from ranked
    where
        bank_rank = 1
        and ledger_rank = 1

)

select
    {{ surrogate_key(["'suggestion'", 'chosen.bank_item_id', 'chosen.ledger_item_id']) }} as suggestion_id,
    chosen.bank_item_id,
    chosen.ledger_item_id,
    scores.account_id,
    scores.currency,
    {%- for word, sign in [('for', '>'), ('against', '<')] %}
    trim(
        {%- for feature in suggestion_features() %}
        case
            when scores.{{ feature }}_weight {{ sign }} 0
                then
                    '{{ feature }} ' || scores.{{ feature }}_level
                    || ' (' || cast(scores.{{ feature }}_weight as string) || ') '
            else ''
        end
        {%- if not loop.last %} ||{% endif %}
        {%- endfor %}
    ) as evidence_{{ word }},
    {%- endfor %}
    cast(scores.days_after_ledger as integer) as days_after_ledger,
    chosen.probability,
    chosen.runner_up_probability,
    scores.match_weight,
    cast(scores.amount_difference as decimal(28, 5)) as amount_difference
from chosen
inner join scores
    on
        chosen.bank_item_id = scores.bank_item_id
        and chosen.ledger_item_id = scores.ledger_item_id
where
    chosen.probability >= {{ var('suggestion_probability') }}
    and chosen.probability - chosen.runner_up_probability >= {{ var('suggestion_margin') }}
