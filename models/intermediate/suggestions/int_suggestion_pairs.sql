{# Of the pairs, those that are each other's best, are probable enough, and are clear enough of the next best pair of
   either item. Probabilities are compared as rounded; ids break ties, so a tie never depends on the order of rows. #}
with messages as (

    select * from {{ ref('int_suggestion_messages_4') }}

),

scores as (

    select * from {{ ref('int_suggestion_scores') }}

),

pairs as (

    select
        scores.*,
        messages.odds * messages.bank_freedom * messages.ledger_freedom as settled_odds
    from messages
    inner join scores
        on
            messages.bank_item_id = scores.bank_item_id
            and messages.ledger_item_id = scores.ledger_item_id

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
    {{ surrogate_key(["'suggestion'", 'bank_item_id', 'ledger_item_id']) }} as suggestion_id,
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    {%- for word, sign in [('for', '>'), ('against', '<')] %}
    trim(
        {%- for feature in suggestion_features() %}
        case
            when {{ feature }}_weight {{ sign }} 0
                then
                    '{{ feature }} ' || {{ feature }}_level
                    || ' (' || cast({{ feature }}_weight as string) || ') '
            else ''
        end
        {%- if not loop.last %} ||{% endif %}
        {%- endfor %}
    ) as evidence_{{ word }},
    {%- endfor %}
    cast(days_after_ledger as integer) as days_after_ledger,
    probability,
    runner_up_probability,
    match_weight,
    cast(amount_difference as decimal(28, 5)) as amount_difference
from chosen
where
    probability >= {{ var('suggestion_probability') }}
    and probability - runner_up_probability >= {{ var('suggestion_margin') }}
