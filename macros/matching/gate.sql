{#- The gate that every proposed pair passes, and the only place where it is decided whether a pair may be posted. A
    pair is dropped when anything contradicts: numbers of one series that differ and of which none is the other cut
    short, two counterparties, or two legal forms of one name (of two that both sides write in the field for it, neither is
    the other cut short); a long reference that both sides name outweighs the
    names, because others pay for one's debts. A bare number that stands in texts alone does not: it may be a date, a
    contract's, or the company's own. Of what is left, a pair that nothing but its amount speaks for is posted only if
    an item like it would hardly stand there by chance, and not where both name somebody, nothing of the names agrees
    and the books have too few items to tell a chance from; else it is a suggestion. A difference that no reference
    vouches for is posted where the counterparty has no other open item within a month, on either side, or where the
    same difference came before (var difference_proofs); a fee in the latter case, or where the counterparty has so few
    items that two would hardly come as near by chance. A transfer is posted when both its legs have come on both sides;
    one leg alone only holds its partner.

    pass_code: the pass, as in match_rules. pairs: relation with the columns of pair_columns, rule_posting,
    reference_length (of the reference that both name, or 0) and precedence. is_by_amount: whether nothing but the
    amount brought the pair together. Result: common table expressions, the last of which is gated: the pairs with
    precedence 1 that nothing contradicts, with posting. -#}
{% macro gate(pass_code, pairs, is_by_amount=false) -%}
{%- set by_reference = pass_code in ['reference', 'memo_reference', 'reference_difference'] -%}
{%- set knows_references = pass_code not in ['reference', 'difference_booked'] -%}
{%- set names_by_number = pass_code in ['memo_reference', 'reference_difference'] or is_by_amount -%}
{%- if knows_references -%}
numbers_of_series as (

    select
        pairs.bank_item_id,
        pairs.ledger_item_id,
        bank_references.series,
        max(
            case
                when bank_references.number = ledger_references.number
                    then case
                        when {{ digits_in_one('bank_references') }} <> {{ digits_in_one('ledger_references') }} then 0
                        else 1
                    end
                when {{ is_cut_reference('bank_references.reference_text', 'ledger_references.reference_text') }} then 1
                else 0
            end
        ) as agrees
    from {{ pairs }} as pairs
    inner join {{ ref('int_item_references') }} as bank_references
        on pairs.bank_item_id = bank_references.item_id
    inner join {{ ref('int_item_references') }} as ledger_references
        on
            pairs.ledger_item_id = ledger_references.item_id
            and bank_references.series = ledger_references.series
    where
        bank_references.series <> ''
        and pairs.precedence = 1
        {#- Bare numbers in the fields may count different things. #}
        and (pairs.reference_length = 0 or bank_references.series not like '#%')
    group by pairs.bank_item_id, pairs.ledger_item_id, bank_references.series

),

{# What differs in one series is another item; what has a series in common and differs in none is hardly of somebody
   else. #}
pairs_of_series as (

    select
        bank_item_id,
        ledger_item_id,
        min(agrees) as agrees
    from numbers_of_series
    group by bank_item_id, ledger_item_id

),

{% endif -%}
{%- if names_by_number %}
pairs_of_telling_numbers as (

    select distinct
        pairs.bank_item_id,
        pairs.ledger_item_id
    from {{ pairs }} as pairs
    inner join {{ ref('int_item_references') }} as bank_references
        on pairs.bank_item_id = bank_references.item_id
    inner join {{ ref('int_item_references') }} as ledger_references
        on
            pairs.ledger_item_id = ledger_references.item_id
            and bank_references.reference_kind = ledger_references.reference_kind
            and bank_references.number = ledger_references.number
    where
        pairs.precedence = 1
        and pairs.reference_length > 0
        {#- Others count to a million as well. #}
        and (
            'CHEQUE' in (bank_references.series, ledger_references.series)
            or {{ is_long_number('bank_references.number') }}
            or (bank_references.series = ledger_references.series and left(bank_references.series, 1) not in ('', '#'))
            or (pairs.bank_counterparty_key is null and pairs.ledger_counterparty_key is null)
        )
        and (
            bank_references.is_field
            or ledger_references.is_field
            or bank_references.series <> ''
            or ledger_references.series <> ''
            or (pairs.bank_counterparty_key is null and pairs.ledger_counterparty_key is null)
        )
        and pairs.bank_name_words is not null
        and pairs.ledger_name_words is not null

),

{% endif -%}
{%- if pass_code != 'difference_booked' %}
names_on_both_sides as (

    select distinct spelling_key
    from {{ ref('int_counterparty_spellings') }}
    where is_written_by_both

),

{% endif -%}
gated as (

    select
        pairs.*,
        {%- if pass_code == 'counterparty_difference' %}
        {%- set is_rare = 'coalesce(chances.expected_items <= ' ~ var('coincidences_at_most') ~ ', false)' %}
        {%- set is_proved = 'pairs.earlier_differences >= ' ~ var('difference_proofs') ~ ' and ' ~ is_rare %}
        case
            when {{ is_proved }}
                then 0
            else pairs.rule_wait_days
        end as wait_days,
        {%- endif %}
        {%- if is_by_amount %}
        case
            when pairs.rule_posting = 'automatic'
                and coalesce(chances.expected_items <= {{ var('coincidences_at_most') }}, false)
                and paid_for_others.bank_item_id is null
                {# What the bank charges is paid to nobody else, nor is what it calls a transfer. #}
                and (
                    pairs.reference_length > 0
                    or pairs.bank_counterparty_key is not null
                    or pairs.ledger_counterparty_key is null
                    or not (
                        (pairs.bank_tells_charge and not pairs.ledger_tells_charge)
                        or (
                            pairs.bank_tells_transfer
                            and not pairs.ledger_tells_transfer
                            and {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                        )
                    )
                    or {{ has_word('pairs.ledger_counterparty', 'bank_names') }}
                )
                and (
                    pairs.reference_length > 0
                    or pairs_of_series.agrees = 1
                    or chances.items_told_from >= {{ var('items_to_tell_chance') }}
                    {# Two texts of which neither is a name's field, and one of a transfer, tell little of a name. #}
                    or (pairs.bank_counterparty_key is null and pairs.ledger_counterparty_key is null)
                    or pairs.bank_tells_transfer
                    or not {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                    or {{ names_begin_alike('pairs.bank_name_words', 'pairs.ledger_name_words') }}
                    or {{ word_begins_name('pairs.bank_name_words', 'pairs.ledger_name_words') }}
                    or {{ word_begins_name('pairs.ledger_name_words', 'pairs.bank_name_words') }}
                )
                then 'automatic'
            else 'suggestion'
        end as posting
        {%- elif pass_code == 'counterparty' %}
        case
            when pairs.is_shifted then 'suggestion'
            when chances.expected_items > {{ var('coincidences_at_most') }}
                and (coalesce(chances.is_in_unusual_order, false) or pairs_of_initials.bank_item_id is not null)
                then 'suggestion'
            else pairs.rule_posting
        end as posting
        {%- elif pass_code == 'counterparty_difference' %}
        case
            when {{ is_proved }}
                then pairs.rule_posting
            when pairs.difference_kind is null then pairs.rule_posting
            when
                pairs.difference_kind = 'fee'
                and {{ is_rare }}
                and pairs.is_round_difference
                and pairs.expected_of_counterparty <= {{ var('coincidences_at_most') }}
                then pairs.rule_posting
            when pairs.difference_kind = 'fee' or not pairs.is_alone then 'suggestion'
            else pairs.rule_posting
        end as posting
        {%- elif pass_code == 'own_transfer' %}
        case
            when pairs.bank_tells_transfer and pairs.ledger_tells_transfer then pairs.rule_posting
            else 'suggestion'
        end as posting
        {%- elif pass_code in ['reference', 'memo_reference'] %}
        case
            when pairs.is_shifted then 'suggestion'
            else pairs.rule_posting
        end as posting
        {%- elif pass_code == 'reference_difference' %}
        case
            when
                pairs_of_no_reference.bank_item_id is not null
                and pairs.difference_kind in ('fee', 'short_payment', 'presumed_fee')
                then 'suggestion'
            else pairs.rule_posting
        end as posting
        {%- else %}
        pairs.rule_posting as posting
        {%- endif %}
    from {{ pairs }} as pairs
    {%- if knows_references %}
    left join pairs_of_series
        on
            pairs.bank_item_id = pairs_of_series.bank_item_id
            and pairs.ledger_item_id = pairs_of_series.ledger_item_id
    {%- endif %}
    {%- if names_by_number %}
    left join pairs_of_telling_numbers
        on
            pairs.bank_item_id = pairs_of_telling_numbers.bank_item_id
            and pairs.ledger_item_id = pairs_of_telling_numbers.ledger_item_id
    {%- endif %}
    {%- if pass_code != 'difference_booked' %}
    left join names_on_both_sides as bank_names
        on pairs.bank_counterparty_key = bank_names.spelling_key
    left join names_on_both_sides as ledger_names
        on pairs.ledger_counterparty_key = ledger_names.spelling_key
    {%- endif %}
    {%- if is_by_amount or pass_code in ['counterparty', 'counterparty_difference'] %}
    left join chances
        on
            pairs.bank_item_id = chances.bank_item_id
            and pairs.ledger_item_id = chances.ledger_item_id
    {%- endif %}
    {%- if is_by_amount %}
    left join paid_for_others
        on
            pairs.bank_item_id = paid_for_others.bank_item_id
            and pairs.ledger_item_id = paid_for_others.ledger_item_id
    {%- endif %}
    {%- if pass_code == 'reference_difference' %}
    left join pairs_of_no_reference
        on
            pairs.bank_item_id = pairs_of_no_reference.bank_item_id
            and pairs.ledger_item_id = pairs_of_no_reference.ledger_item_id
    {%- endif %}
    {%- if pass_code == 'counterparty' %}
    left join pairs_of_initials
        on
            pairs.bank_item_id = pairs_of_initials.bank_item_id
            and pairs.ledger_item_id = pairs_of_initials.ledger_item_id
    {%- endif %}
    where
        pairs.precedence = 1
        {%- if knows_references %}
        and coalesce(pairs_of_series.agrees, 1) = 1
        {%- endif %}
        {%- if pass_code in ['reference', 'memo_reference'] %}
        and not (
            pairs.is_of_several_names
            and coalesce(
                {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                or {{ names_another('pairs.bank_', 'pairs.ledger_') }},
                true
            )
        )
        {%- endif %}
        {%- if pass_code != 'difference_booked' %}
        and case
            when
                pairs.reference_length >= {{ var('telling_reference_length') }}
                {{- ' and pairs_of_telling_numbers.bank_item_id is not null' if names_by_number }}
                {{- ' and ' ~ is_long_number('pairs.match_key') if pass_code == 'reference' }} then true
            else not (
                {{ names_another('pairs.bank_', 'pairs.ledger_') }}
                or coalesce(bank_names.spelling_key <> ledger_names.spelling_key, false)
                or coalesce(
                    {{ legal_form('pairs.bank_counterparty') }} <> {{ legal_form('pairs.ledger_counterparty') }}, false
                )
                {%- if by_reference %}
                or {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                {%- elif is_by_amount %}
                or (
                    pairs.reference_length > 0
                    and pairs_of_telling_numbers.bank_item_id is null
                    and {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                )
                {%- endif %}
            )
        end
        {%- endif %}

)
{%- endmacro %}

{#- Whether a number is long enough that two who count by themselves hardly come to the same, or has letters. Eight digits
    that are a day are anybody's. -#}
{% macro is_long_number(number) -%}
    {%- set month = '(0[1-9]|1[0-2])' -%}
    {%- set day = '(0[1-9]|[12][0-9]|3[01])' -%}
    {%- set year = '(19|20)[0-9]{2}' -%}
    (
        {{ regexp_is_found(number, '[^0-9]|[0-9]{' ~ var('telling_number_length') ~ '}') }}
        and not {{ regexp_is_found(number, '^(' ~ year ~ month ~ day ~ '|' ~ day ~ month ~ year ~ ')$') }}
    )
{%- endmacro %}

{#- Whether a reference is a number whose digits something parts, as 26-004533, and no day. -#}
{% macro is_parted_number(reference_text) -%}
    (
        {{ regexp_is_found(reference_text, '^[0-9]+([-/][0-9]+)+$') }}
        and not {{ regexp_is_found(
            reference_text, '^([0-9]{1,2}[-/][0-9]{1,2}[-/]([0-9]{2}){1,2}|[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2})$'
        ) }}
    )
{%- endmacro %}

{#- The digits of a reference that ends with them and has nothing between them, or null: zeros behind a year are
    written or not where something parts them, and two numbers that are not parted differ by them. -#}
{% macro digits_in_one(item_references) -%}
    nullif(regexp_extract({{ item_references }}.reference_text, '^[^0-9]*0*([0-9]+)$', 1), '')
{%- endmacro %}

{#- The common table expression chances: how many items like those of a pair are to be expected as near in days if they
    came by chance, from how often such amounts come in these books; more where both sides name somebody and share not
    even a first word, and again where the rule looks for late ones, and where one of them says that it takes something
    back or is a charge of the bank; fewer where a text has how the other's name begins, and where both say that it is a
    transfer. -#}
{% macro chances(pairs, with_orders=false, is_by_amount_alone=false) -%}
chances as (

    select
        pairs.bank_item_id,
        pairs.ledger_item_id,
        {% if not with_orders -%}
        {# A number that both sides name leaves to chance only what comes again under it. #}
        case
            when pairs.reference_length >= {{ var('telling_reference_length') }}
                then greatest(bank_rates.same_amount_rate, ledger_rates.same_amount_rate)
            else greatest(bank_rates.daily_rate, ledger_rates.daily_rate)
        end
        {%- else -%}
        greatest(bank_rates.daily_rate, ledger_rates.daily_rate)
        {%- endif %}
        * (2 * abs(pairs.bank_business_day_number - pairs.ledger_business_day_number) + 1)
        * case
            {%- if is_by_amount_alone %}
            when {{ names_begin_alike('pairs.bank_name_words', 'pairs.ledger_name_words') }}
                then 1.0 / {{ var('odds_for_names') }}
            {%- endif %}
            when not {{ are_of_one_script('pairs.bank_name_words', 'pairs.ledger_name_words') }} then 1
            when {{ is_telling_cut('pairs.bank_counterparty_key', 'pairs.ledger_counterparty_key') }} then 1
            when
                {{ is_telling_cut(
                    "replace(pairs.bank_name_words, ' ', '')", "replace(pairs.ledger_name_words, ' ', '')"
                ) }} then 1
            {%- if is_by_amount_alone %}
            when {{ names_share_first_word('pairs.bank_name_words', 'pairs.ledger_name_words') }} then 1
            when {{ names_by_initial('pairs.bank_name_words', 'pairs.ledger_name_words') }} then 1
            {%- endif %}
            {%- if is_by_amount_alone %}
            {# Late and of somebody else is twice improbable. #}
            when pairs.bank_key = 'rare' then {{ var('odds_against') ** 2 }}
            {%- endif %}
            else {{ var('odds_against') }}
        end
        * case when pairs.bank_takes_back = pairs.ledger_takes_back then 1 else {{ var('odds_against_reversals') }} end
        {%- if is_by_amount_alone %}
        * case when pairs.bank_tells_charge = pairs.ledger_tells_charge then 1 else {{ var('odds_against_reversals') }} end
        {%- endif %}
        / case when pairs.bank_tells_transfer and pairs.ledger_tells_transfer then {{ var('odds_against') }} else 1 end
            as expected_items
        {%- if is_by_amount_alone %},
        least(bank_rates.items_of_side, ledger_rates.items_of_side) as items_told_from
        {%- endif %}
        {%- if with_orders %},
        {{ is_unusual('date_orders', 'pairs.bank_business_day_number', 'pairs.ledger_business_day_number') }}
            as is_in_unusual_order
        {%- endif %}
    from {{ pairs }} as pairs
    inner join {{ ref('int_amount_rates') }} as bank_rates
        on pairs.bank_item_id = bank_rates.item_id
    inner join {{ ref('int_amount_rates') }} as ledger_rates
        on pairs.ledger_item_id = ledger_rates.item_id
    {%- if with_orders %}
    left join {{ ref('int_date_orders') }} as date_orders
        on
            pairs.account_id = date_orders.account_id
            and pairs.currency = date_orders.currency
            and sign(pairs.amount) = date_orders.direction
            and pairs.completed_day = date_orders.business_day_number
    {%- endif %}
    where pairs.precedence = 1

),
{%- endmacro %}

{#- Whether bank and books show a payment in an order of days in which less than a tenth of the earlier ones stood, or
    three days apart and none of the first few. orders: alias of int_date_orders. -#}
{% macro is_unusual(orders, bank_day, ledger_day) -%}
    (
        {{ orders }}.pairs >= case
            when abs({{ bank_day }} - {{ ledger_day }}) < 3 then {{ var('date_order_pairs') }}
            else 2
        end
        and case
            when {{ bank_day }} < {{ ledger_day }} then {{ orders }}.bank_first
            when {{ bank_day }} > {{ ledger_day }} then {{ orders }}.ledger_first
        end * case when {{ orders }}.pairs >= {{ var('date_order_pairs') }} then 10 else {{ var('date_order_pairs') }} end
        < {{ orders }}.pairs
    )
{%- endmacro %}

{#- The common table expressions named_by_initial and pairs_of_initials: pairs beside which, on the day on which they are
    complete, another open item of one of their sides waits that may be of the same person, who is named by an initial
    there. items: relation with the open items of the pass. -#}
{% macro pairs_of_initials(pairs, items) -%}
named_by_initial as (

    select
        item_id,
        account_id,
        currency,
        side,
        amount,
        business_day_number,
        case
            when length(split_part(name_words, ' ', 1)) = 1 then name_words
            else {{ words_swapped('name_words') }}
        end as initial_words
    from {{ items }}
    where
        business_day_number is not null
        and split_part(name_words, ' ', 3) = ''
        and least(length(split_part(name_words, ' ', 1)), length(split_part(name_words, ' ', 2))) = 1

),

pairs_of_initials as (

    select distinct
        pairs.bank_item_id,
        pairs.ledger_item_id
    from {{ pairs }} as pairs
    inner join named_by_initial
        on
            pairs.account_id = named_by_initial.account_id
            and pairs.currency = named_by_initial.currency
            and pairs.amount = named_by_initial.amount
            and named_by_initial.item_id not in (pairs.bank_item_id, pairs.ledger_item_id)
            and pairs.completed_day >= named_by_initial.business_day_number
            and pairs.completed_day <= named_by_initial.business_day_number + {{ var('transfer_days') }}
    where
        pairs.precedence = 1
        and split_part(pairs.ledger_name_words, ' ', 3) = ''
        and length(split_part(pairs.ledger_name_words, ' ', 1)) > 1
        and named_by_initial.initial_words in (
            left(pairs.ledger_name_words, 1) || ' ' || split_part(pairs.ledger_name_words, ' ', 2),
            left(split_part(pairs.ledger_name_words, ' ', 2), 1) || ' ' || split_part(pairs.ledger_name_words, ' ', 1)
        )

),
{%- endmacro %}

{#- True when two items name different counterparties. A name that is cut short does not contradict. Where one side has
    a text only, what follows the first word of the other's name in it decides: ROBINSON PROFESSIONAL is not Robinson
    Management. one, other: prefixes of the columns counterparty_key and name_words, as 'bank_'. is_prepared: whether
    scripts stands there as well, for many pairs of few items. -#}
{% macro names_another(one, other, is_prepared=false) -%}
    case
        {%- if is_prepared %}
        when ({{ one }}scripts & {{ other }}scripts) = 0 then false
        {%- else %}
        when not {{ are_of_one_script(one ~ 'name_words', other ~ 'name_words') }} then false
        {%- endif %}
        when {{ one }}counterparty_key is not null and {{ other }}counterparty_key is not null
            then not {{ is_cut_of(one ~ 'counterparty_key', other ~ 'counterparty_key') }}
            or coalesce({{ last_numeral(one ~ 'name_words') }} <> {{ last_numeral(other ~ 'name_words') }}, false)
        when {{ other }}counterparty_key is null
            then {{ text_names_another(other ~ 'name_words', one ~ 'name_words') }}
        else {{ text_names_another(one ~ 'name_words', other ~ 'name_words') }}
    end
{%- endmacro %}

{#- The Roman number that ends a name, or null: Fonds II is not Fonds III cut short. -#}
{% macro last_numeral(name_words) -%}
    nullif(regexp_extract({{ name_words }}, ' ([IVX]+)$', 1), '')
{%- endmacro %}

{% macro text_names_another(text, name) -%}
    {%- set first_word = "split_part(" ~ name ~ ", ' ', 1)" -%}
    {%- set from_there = "replace(substring(' ' || " ~ text ~ " || ' ', position(' ' || " ~ first_word ~ " || ' ' in ' ' || "
        ~ text ~ " || ' ')), ' ', '')" -%}
    {%- set name_key = "replace(" ~ name ~ ", ' ', '')" -%}
    {%- set common = "least(length(" ~ from_there ~ "), length(" ~ name_key ~ "))" -%}
    coalesce(
        position(' ' || {{ first_word }} || ' ' in ' ' || {{ text }} || ' ') > 0
        and levenshtein(left({{ from_there }}, {{ common }}), left({{ name_key }}, {{ common }})) > 1,
        false
    )
{%- endmacro %}

{#- True when one of two texts has the beginning of the other's name: its first word and two letters more, eight at
    least. False when one is missing. -#}
{% macro names_begin_alike(one, other) -%}
    coalesce(
        {%- for text, name in [(one, other), (other, one)] %}
        (
            length(replace({{ name }}, ' ', '')) >= greatest(8, length(split_part({{ name }}, ' ', 1)) + 2)
            and position(
                left(replace({{ name }}, ' ', ''), greatest(8, length(split_part({{ name }}, ' ', 1)) + 2))
                in replace({{ text }}, ' ', '')
            ) > 0
        ){{ ' or' if not loop.last }}
        {%- endfor %},
        false
    )
{%- endmacro %}

{#- True when two names are one, or one begins with the other and that has four letters: J S may be anybody. -#}
{% macro is_telling_cut(one, other) -%}
    (
        {{ one }} = {{ other }}
        or (least(length({{ one }}), length({{ other }})) >= 4 and {{ is_cut_of(one, other) }})
    )
{%- endmacro %}

{#- True when the first word of one of two texts, of five letters or more, stands in the other. False when one is missing. -#}
{% macro names_share_first_word(one, other) -%}
    coalesce(
        {%- for text, name in [(one, other), (other, one)] %}
        (
            length(split_part({{ name }}, ' ', 1)) >= 5
            and position(' ' || split_part({{ name }}, ' ', 1) || ' ' in ' ' || {{ text }} || ' ') > 0
        ){{ ' or' if not loop.last }}
        {%- endfor %},
        false
    )
{%- endmacro %}

{#- True when both name somebody that can be compared, and nothing of the names agrees. -#}
{% macro names_nobody_alike(one, other) -%}
    (
        {{ are_of_one_script(one ~ 'name_words', other ~ 'name_words') }}
        and not coalesce({{ is_cut_of(one ~ 'counterparty_key', other ~ 'counterparty_key') }}, false)
        and not {{ names_by_initial(one ~ 'name_words', other ~ 'name_words') }}
        and not {{ names_by_initial(other ~ 'name_words', one ~ 'name_words') }}
        and position(
            ' ' || split_part({{ other }}name_words, ' ', 1) || ' ' in ' ' || {{ one }}name_words || ' '
        ) = 0
        and position(
            ' ' || split_part({{ one }}name_words, ' ', 1) || ' ' in ' ' || {{ other }}name_words || ' '
        ) = 0
    )
{%- endmacro %}

{#- True when one of the first four words of a text, of three letters or more, is how a name begins: NTT of NTT西日本. -#}
{% macro word_begins_name(text, name) -%}
    coalesce(
        {%- for place in range(1, 5) %}
        {%- set word = "split_part(" ~ text ~ ", ' ', " ~ place ~ ")" %}
        (length({{ word }}) >= 3 and left({{ name }}, length({{ word }})) = {{ word }}){{ ' or' if not loop.last }}
        {%- endfor %},
        false
    )
{%- endmacro %}

{#- The legal form that ends a name, as one word, or null. -#}
{% macro legal_form(name) -%}
    nullif(
        regexp_extract(
            ' ' || translate(upper(replace({{ name }}, '.', '')), 'ΑΒΕΙΚΟΠ', 'ABEIKOP'), ' ({{ var("telling_legal_forms") }}) *$', 1
        ),
        ''
    )
{%- endmacro %}

{#- Whether two names can be compared at all: both have letters of one script. False when one is missing. -#}
{% macro are_of_one_script(one, other) -%}
    coalesce(
        {%- for letters in letters_of_scripts() %}
        ({{ regexp_is_found(one, letters) }} and {{ regexp_is_found(other, letters) }}){{ ' or' if not loop.last }}
        {%- endfor %},
        false
    )
{%- endmacro %}

{#- The scripts of a name, one binary digit each: two names can be compared if they share one. -#}
{% macro scripts(name_words) -%}
    (
        {%- for letters in letters_of_scripts() %}
        case when {{ regexp_is_found(name_words, letters) }} then {{ 2 ** loop.index0 }} else 0 end{{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro letters_of_scripts() -%}
    {{ return(['[A-Z]', '[ァ-ヶ]', '[一-龯]', '[가-힣]', '[א-ת]', '[ء-ي]', '[\\x{0900}-\\x{0DFF}]', '[\\x{0E00}-\\x{0E7F}]']) }}
{%- endmacro %}
