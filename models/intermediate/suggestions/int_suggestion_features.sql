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

likenesses as (

    select * from {{ ref('int_suggestion_word_likenesses') }}

),

{# Two numbers of one series that differ name two items, unless one is the other with a slip, and neither stands on both
   sides. #}
numbers_of_series as (
    {%- if var('suggestion_pool') == 'int_items_open' %}

    select
        candidates.bank_item_id,
        candidates.ledger_item_id,
        bank.series,
        max(
            case
                when
                    bank.number = ledger.number
                    or {{ is_cut_reference('bank.reference_text', 'ledger.reference_text') }}
                    or (
                        not bank.is_on_both_sides
                        and not ledger.is_on_both_sides
                        and levenshtein(bank.number, ledger.number) = 1
                    )
                    then 1
                else 0
            end
        ) as agrees
    from candidates
    inner join {{ ref('int_item_references') }} as bank
        on candidates.bank_item_id = bank.item_id
    inner join {{ ref('int_item_references') }} as ledger
        on
            candidates.ledger_item_id = ledger.item_id
            and bank.series = ledger.series
    where
        bank.series <> ''
        {# Bare numbers in the fields may count different things. #}
        and not (
            bank.is_field
            and ledger.is_field
            and bank.series like '#%'
            and {{ regexp_is_found('bank.reference_text || ledger.reference_text', '^[0-9]*$') }}
        )
    group by candidates.bank_item_id, candidates.ledger_item_id, bank.series

    {%- else %}

    select
        bank_item_id,
        ledger_item_id,
        '' as series,
        1 as agrees
    from candidates
    where false

    {%- endif %}

),

other_numbers as (

    select
        bank_item_id,
        ledger_item_id
    from numbers_of_series
    group by bank_item_id, ledger_item_id
    having min(agrees) = 0

),

{# How each word of one side stands in the other: 0 as it is, 1 cut, 2 abbreviated, 3 mistyped, 4 not at all, and the
   other side never writes it, 5 not at all, though the other side writes it elsewhere. #}
{% for side, other in [('bank', 'ledger'), ('ledger', 'bank')] -%}
{{ side }}_told as (

    select
        candidates.bank_item_id,
        candidates.ledger_item_id,
        words.bits,
        words.is_common,
        words.is_of_name,
        words.is_telling,
        words.number_length,
        case
            {%- for letters in ['[A-Z]', '[А-Я]', '[Α-Ω]'] + letters_of_scripts()[1:] %}
            when {{ regexp_is_found('words.word', letters) }} then {{ loop.index }}
            {%- endfor %}
        end as alphabet,
        words.word_items,
        least(words.bits, coalesce(likenesses.bits, words.bits)) as shared_bits,
        case
            when likenesses.likeness = 'same' then 0
            when words.word like cut_words.word || '%' then 1
            when words.may_be_cut and position(' ' || words.word in ' ' || items.words) > 0 then 1
            when likenesses.likeness = 'abbreviated' then 2
            when length(words.word) <= 4 and position(' ' || words.word in ' ' || items.words) > 0 then 2
            when position(' ' || left(words.word, 1) || ' ' in ' ' || items.words || ' ') > 0 then 2
            when likenesses.likeness = 'mistyped' then 3
            when words.is_foreign then 4
            else 5
        end as told
    from candidates
    inner join words
        on candidates.{{ side }}_item_id = words.item_id
    inner join items
        on candidates.{{ other }}_item_id = items.item_id
    left join likenesses
        on
            candidates.{{ other }}_item_id = likenesses.item_id
            and words.word = likenesses.word
    left join cut_words
        on candidates.{{ other }}_item_id = cut_words.item_id

),

{{ side }}_words as (

    select
        bank_item_id,
        ledger_item_id,
        sum(case when told in (0, 3) then shared_bits else 0 end) as shared_bits,
        min(case when is_of_name then told end) as name_told,
        sum(case when is_of_name and told >= 4 then bits else 0 end) as other_name_bits,
        {# A number that these two have alone, and one of them that nobody comes to by counting. #}
        max(case when told = 0 and number_length >= 4 and word_items = 2 then 1 else 0 end) as has_own_number,
        sum(case when told = 0 and is_telling and word_items = 2 then shared_bits else 0 end) as telling_bits,
        sum(case when told in (0, 3) and number_length = 0 and not is_common then shared_bits else 0 end) as plain_bits,
        min(case when is_of_name then alphabet end) as first_alphabet,
        max(case when is_of_name then alphabet end) as last_alphabet,
        sum(case when told = 5 then bits else 0 end) as unshared_bits,
        max(case when told < 5 then told else 0 end) as told
    from {{ side }}_told
    group by bank_item_id, ledger_item_id

),

{% endfor -%}
measured as (

    select
        candidates.*,
        bank.amount_items,
        coalesce(bank_words.shared_bits, 0) as all_shared_bits,
        coalesce(bank_words.telling_bits, 0) as telling_bits,
        coalesce(bank_words.plain_bits, 0) as plain_bits,
        {# Each names somebody in words that the other has not. Among few items it tells nothing that none of the other
           side has a word. #}
        coalesce(
            least(bank_words.other_name_bits, ledger_words.other_name_bits) >= 5
            and bank_words.first_alphabet = ledger_words.last_alphabet
            and bank_words.last_alphabet = ledger_words.first_alphabet,
            false
        ) as names_differ,
        other_numbers.bank_item_id is not null as numbers_differ,
        {# Both are parties of the books, the entry's beside this entry too: none is the other mistyped. #}
        coalesce(
            bank.party_key <> ledger.party_key
            and bank.party_items > 0
            and ledger.party_items > 1,
            false
        ) as parties_differ,
        {# What the bank charges in its own name is no bill of a party that says nothing of a charge. #}
        coalesce(
            bank.tells_charge
            and not ledger.tells_charge
            and bank.party_words is null
            and ledger.party_words is not null,
            false
        ) as is_charged,
        bank.carriers > 1 as is_of_several,
        bank.pool_items < {{ var('items_to_tell_chance') }} as is_small,
        bank.party_words is not null and ledger.party_words is not null as has_both_names,
        bank.party_words is not null or ledger.party_words is not null as has_a_name,
        coalesce(least(bank_words.name_told, ledger_words.name_told) < 4, false) as shares_name,
        coalesce(bank_words.has_own_number, 0) as has_own_number,
        case
            when bank.words <> '' and ledger.words <> ''
                then least(coalesce(bank_words.unshared_bits, 0), coalesce(ledger_words.unshared_bits, 0))
        end as conflict_bits,
        least(
            case when bank_words.unshared_bits > 0 then 5 else bank_words.told end,
            case when ledger_words.unshared_bits > 0 then 5 else ledger_words.told end
        ) as told,
        bank.reference_key = ledger.reference_key as has_same_reference,
        levenshtein(bank.reference_key, ledger.reference_key) = 1
        and length(bank.reference_key) >= 6 as has_like_reference
    from candidates
    inner join items as bank
        on candidates.bank_item_id = bank.item_id
    inner join items as ledger
        on candidates.ledger_item_id = ledger.item_id
    left join other_numbers
        on
            candidates.bank_item_id = other_numbers.bank_item_id
            and candidates.ledger_item_id = other_numbers.ledger_item_id
    left join bank_words
        on
            candidates.bank_item_id = bank_words.bank_item_id
            and candidates.ledger_item_id = bank_words.ledger_item_id
    left join ledger_words
        on
            candidates.bank_item_id = ledger_words.bank_item_id
            and candidates.ledger_item_id = ledger_words.ledger_item_id

),

{# What both name in the fields for it, in part or not at all, or what texts of few items have nothing of in common, is
   of somebody else, and so is a name that several parties carry, of any of them. A number of theirs alone vouches for a
   name in part. #}
told_apart as (

    select
        *,
        numbers_differ or (parties_differ and has_own_number = 0) as is_another,
        (
            names_differ
            and case
                when shares_name then has_both_names and has_own_number = 0
                else has_both_names or is_small
            end
        )
        or ((parties_differ or is_of_several or is_charged) and has_own_number = 0) as names_another
    from measured

),

{# Above zero fewer than one other item of the pool would have as many bits in common by chance. #}
compared as (

    select
        *,
        shared_bits - {{ log_scaled('pool_items + ' ~ var('suggestion_unseen_items')) }} as surplus_bits
    from (
        select
            *,
            case
                when numbers_differ then 0
                when not names_another then all_shared_bits
                when has_both_names or parties_differ or is_of_several then telling_bits
                else telling_bits + plain_bits
            end as shared_bits
        from told_apart
    ) as told

)

select
    bank_item_id,
    ledger_item_id,
    account_id,
    currency,
    case
        when amount_difference = 0 then 'same_' || {{ binned('amount_items', [3, 5, 9]) }}
        when has_digits_exchanged then 'digits_exchanged'
        else {{ binned('amount_log_ratio', [0, 0.002, 0.005, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.15, 0.3]) }}
    end as amount_level,
    {{ binned('days_after_ledger', [-31, -10, -4, -1, 0, 2, 3, 5, 8, 12, 20, 32]) }} as date_level,
    case
        when conflict_bits is null then 'missing'
        when shared_bits = 0 then 'none'
        else {{ binned('surplus_bits', range(-14, 16, 2)) }}
    end as words_level,
    case
        when conflict_bits is null then 'missing'
        when is_another then 'another'
        when names_another then 'from_10'
        when names_differ and is_small and has_a_name and has_own_number = 0 then 'from_5'
        when told = 0 then 'none'
        when told = 1 then 'cut'
        when told = 2 then 'abbreviated'
        when told = 3 then 'mistyped'
        when told = 4 then 'foreign'
        else {{ binned('conflict_bits', [0, 2, 3.5, 5, 7, 10]) }}
    end as conflict_level,
    case
        when has_same_reference and names_another and telling_bits = 0 then 'missing'
        when has_same_reference then 'same'
        when has_like_reference then 'mistyped'
        when not has_same_reference then 'different'
        else 'missing'
    end as reference_level,
    pool_items,
    days_after_ledger,
    amount_difference,
    shared_bits,
    conflict_bits
from compared
