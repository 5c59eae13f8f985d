with candidates as (

    select * from {{ ref('int_suggestion_candidates') }}

),

items as (

    select * from {{ ref('int_suggestion_items') }}

),

words as (

    select * from {{ ref('int_suggestion_words') }}

),

cut_words as (

    select * from {{ ref('int_suggestion_words') }}
    where may_be_cut

),

{% for side, other in [('bank', 'ledger'), ('ledger', 'bank')] -%}
{{ side }}_words as (

    select
        candidates.bank_item_id,
        candidates.ledger_item_id,
        sum(case when same_words.word is not null then words.bits else 0 end) as shared_bits,
        sum(case
            when same_words.word is not null then 0
            when words.word like cut_words.word || '%' then 0
            when words.may_be_cut and position(' ' || words.word in ' ' || items.words) > 0 then 0
            else words.bits
        end) as unshared_bits
    from candidates
    inner join words
        on candidates.{{ side }}_item_id = words.item_id
    inner join items
        on candidates.{{ other }}_item_id = items.item_id
    left join words as same_words
        on
            candidates.{{ other }}_item_id = same_words.item_id
            and words.word = same_words.word
    left join cut_words
        on candidates.{{ other }}_item_id = cut_words.item_id
    group by candidates.bank_item_id, candidates.ledger_item_id

),

{% endfor -%}
measured as (

    select
        candidates.*,
        bank.amount_items,
        coalesce(bank_words.shared_bits, 0) as shared_bits,
        case
            when bank.words <> '' and ledger.words <> ''
                then least(coalesce(bank_words.unshared_bits, 0), coalesce(ledger_words.unshared_bits, 0))
        end as conflict_bits,
        bank.words = ledger.words and bank.words <> '' as has_same_words,
        bank.reference_key = ledger.reference_key as has_same_reference
    from candidates
    inner join items as bank
        on candidates.bank_item_id = bank.item_id
    inner join items as ledger
        on candidates.ledger_item_id = ledger.item_id
    left join bank_words
        on
            candidates.bank_item_id = bank_words.bank_item_id
            and candidates.ledger_item_id = bank_words.ledger_item_id
    left join ledger_words
        on
            candidates.bank_item_id = ledger_words.bank_item_id
            and candidates.ledger_item_id = ledger_words.ledger_item_id

)

select
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    case
        when amount_difference = 0 then 'same_' || {{ binned('amount_items', [3, 5, 9]) }}
        else {{ binned('amount_log_ratio', [0, 0.005, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.2]) }}
    end as amount_level,
    {{ binned('days_after_ledger', [-31, -10, -4, -1, 0, 1, 2, 3, 5, 8, 12, 20, 32]) }} as date_level,
    case when conflict_bits is null then 'missing' else {{ binned('shared_bits', range(2, 32, 2)) }} end as words_level,
    {{ binned('conflict_bits', [0, 0.001, 2, 3.5, 5, 7, 10]) }} as conflict_level,
    case when has_same_reference then 'same' when not has_same_reference then 'different' else 'missing' end
        as reference_level,
    days_after_ledger,
    amount_difference,
    shared_bits,
    conflict_bits
from measured
