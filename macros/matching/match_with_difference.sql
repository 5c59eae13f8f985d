{#- A pass that pairs single items whose amounts differ within a rule's tolerance, and says what the difference is; a rule
    without a kind of difference pairs those of one amount whose counterparty was learned after they came. A pair counts only if on the day it is complete neither item has another candidate. Candidates are compared within
    steps of the amount's size, as wide as the rule's tolerance, and of the rule's window, so a key that stands
    thousands of times costs no square: a relative tolerance above 0.3 would miss some.

    with_references: as in keyed_items. Result: one row per claimed item, the columns of claims. -#}
{% macro match_with_difference(pass_code, with_references=false) -%}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = '{{ pass_code }}'

),

open_items as (

    {{ open_items(pass_code, knows_later=not with_references) }}

),

{% if with_references -%}
{{ shared_references() }},

{% endif -%}
keyed_items as (

    select
        open_items.*,
        keys.bank_key,
        {{ tells_charge('open_items.memo') }} as tells_charge,
        {{ has_word('open_items.memo', 'deduction_words') }} as tells_deduction,
        {{ takes_back('open_items') }} as takes_back,
        false as tells_transfer,
        {% if with_references -%}
        shared_references.number as match_key
        {%- else -%}
        case when open_items.side = 'bank' then {{ match_key('keys.bank_key') }} else {{ match_key('keys.ledger_key') }} end
            as match_key
        {%- endif %}
    from open_items
    inner join (
        select distinct
            account_id,
            bank_key,
            ledger_key
        from rules
    ) as keys
        on open_items.account_id = keys.account_id
    {%- if with_references %}
    inner join shared_references
        on
            open_items.item_id = shared_references.item_id
            and keys.bank_key = shared_references.reference_kind
    {%- endif %}
    where
        open_items.business_day_number is not null
        and open_items.amount <> 0

),

keys_on_both_sides as (

    select
        account_id,
        currency,
        bank_key,
        match_key,
        sum(case when side = 'ledger' then 1 else 0 end) as ledger_count
    from keyed_items
    where match_key is not null
    group by account_id, currency, bank_key, match_key
    having
        sum(case when side = 'bank' then 1 else 0 end) > 0
        and sum(case when side = 'ledger' then 1 else 0 end) > 0

),

{% if not with_references -%}
{# Matched or not: what a counterparty pays each week is seldom all open. #}
counterparties as (

    select
        items.item_id,
        count(*) over (
            partition by keys.account_id, keys.currency, keys.match_key, items.side, sign(items.amount)
            order by items.business_day_number
            range between 20 preceding and current row
        ) as items_of_counterparty
    from {{ ref('int_items_left_by_reference') }} as items
    inner join keys_on_both_sides as keys
        on
            items.account_id = keys.account_id
            and items.currency = keys.currency
            and coalesce(items.later_counterparty_key, items.counterparty_key) = keys.match_key
    where items.business_day_number is not null

),

{% endif -%}
{# Most keys stand too seldom for a crowd and need no window. #}
crowded_items as (

    select
        item_id,
        bank_key,
        match_key
    from (
        select
            keyed_items.item_id,
            keyed_items.bank_key,
            keyed_items.match_key,
            count(*) over (
                partition by keyed_items.account_id, keyed_items.currency, keyed_items.bank_key, keyed_items.match_key
                order by keyed_items.business_day_number
                range between 20 preceding and current row
            ) as items_of_key
        from keyed_items
        inner join keys_on_both_sides
            on
                keyed_items.account_id = keys_on_both_sides.account_id
                and keyed_items.currency = keys_on_both_sides.currency
                and keyed_items.bank_key = keys_on_both_sides.bank_key
                and keyed_items.match_key = keys_on_both_sides.match_key
        where
            keyed_items.side = 'ledger'
            and keys_on_both_sides.ledger_count > {{ var('items_of_a_key') }}
    ) as counted_items
    where items_of_key > {{ var('items_of_a_key') }}

),

items_with_rule as (

    select
        open_items.*,
        rules.rule_code,
        rules.rule_number,
        rules.difference_kind,
        rules.posting,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger,
        rules.wait_days,
        rules.absolute_tolerance,
        rules.relative_tolerance,
        rules.unit_size,
        cast(
            floor(ln(cast(abs(open_items.amount) as double)) / (1.2 * cast(rules.relative_tolerance as double))) as integer
        ) as amount_step,
        {{ day_step() }} as day_step,
        {%- if with_references %}
        1 as items_of_key
        {%- else %}
        counterparties.items_of_counterparty,
        count(*) over (
            partition by
                rules.rule_code,
                open_items.account_id,
                open_items.currency,
                open_items.match_key,
                open_items.side,
                sign(open_items.amount)
            order by open_items.business_day_number
            range between 20 preceding and current row
        ) as items_of_key
        {%- endif %}
    from keyed_items as open_items
    inner join keys_on_both_sides
        on
            open_items.account_id = keys_on_both_sides.account_id
            and open_items.currency = keys_on_both_sides.currency
            and open_items.bank_key = keys_on_both_sides.bank_key
            and open_items.match_key = keys_on_both_sides.match_key
    left join crowded_items
        on
            open_items.item_id = crowded_items.item_id
            and open_items.bank_key = crowded_items.bank_key
            and open_items.match_key = crowded_items.match_key
    {%- if not with_references %}
    inner join counterparties
        on open_items.item_id = counterparties.item_id
    {%- endif %}
    inner join rules
        on
            open_items.account_id = rules.account_id
            and open_items.bank_key = rules.bank_key
    where
        rules.relative_tolerance > 0
        and crowded_items.item_id is null

),

ledger_items as (

    select
        items_with_rule.*,
        items_with_rule.amount_step + steps.step as bank_amount_step,
        items_with_rule.day_step - day_steps.step as bank_day_step
    from items_with_rule
    cross join (
        select -1 as step
        union all
        select 0 as step
        union all
        select 1 as step
    ) as steps
    cross join (
        select 0 as step
        union all
        select 1 as step
    ) as day_steps
    where items_with_rule.side = 'ledger'

),

candidates as (

    select
        bank.calendar_code,
        bank.currency,
        bank.rule_code,
        bank.difference_kind,
        bank.posting as rule_posting,
        bank.account_id,
        bank.wait_days{{ '' if with_references else ' as rule_wait_days' }},
        greatest(bank.items_of_key, ledger.items_of_key) = 1 as is_alone,
        {%- if not with_references %}
        {# A fee is a multiple of a tenth of the currency's unit. #}
        coalesce(mod((ledger.amount - bank.amount) * 10, bank.unit_size) = 0, false) as is_round_difference,
        {# Items of the counterparty that chance alone would put as near in days and in amount, of those that are open and
           of all, where its amounts differ by a factor of twenty: 3 is the logarithm. #}
        greatest(
            (greatest(bank.items_of_counterparty, ledger.items_of_counterparty) - 0.5) / 20.0
            * (2 * abs(bank.business_day_number - ledger.business_day_number) + 1),
            greatest(bank.items_of_key, ledger.items_of_key) - 1
        )
        * cast(abs(bank.amount - ledger.amount) as double) / cast(3 * abs(ledger.amount) as double) as expected_of_counterparty,
        {%- endif %}
        {%- for column in ['item_id', 'counterparty', 'counterparty_key', 'name_words', 'original_currency', 'original_amount', 'amount', 'takes_back', 'tells_transfer', 'business_day_number'] %}
        bank.{{ column }} as bank_{{ column }},
        ledger.{{ column }} as ledger_{{ column }},
        {%- endfor %}
        bank.charges_amount,
        {%- if with_references %}
        bank.match_key,
        {%- for side in ['bank', 'ledger'] %}
        {{ side }}.reference_key as {{ side }}_reference_key,
        {%- endfor %}
        {%- endif %}
        bank.amount - ledger.amount as difference,
        {%- if with_references %}
        greatest(bank.business_day_number, ledger.business_day_number) as completed_day,
        greatest(bank.counted_on, ledger.counted_on) as completed_on,
        {%- else %}
        greatest(
            bank.business_day_number, ledger.business_day_number, coalesce(bank.known_day, bank.business_day_number)
        ) as completed_day,
        greatest(bank.counted_on, ledger.counted_on, coalesce(bank.known_on, bank.counted_on)) as completed_on,
        {%- endif %}
        row_number() over (
            partition by bank.item_id, ledger.item_id
            order by bank.rule_number
        ) as precedence,
        {{ 'length(bank.match_key)' if with_references else 0 }} as reference_length
    from items_with_rule as bank
    inner join ledger_items as ledger
        on
            bank.rule_code = ledger.rule_code
            and bank.account_id = ledger.account_id
            and bank.currency = ledger.currency
            and bank.match_key = ledger.match_key
            and bank.amount_step = ledger.bank_amount_step
            and bank.day_step = ledger.bank_day_step
            and sign(bank.amount) = sign(ledger.amount)
            and {{ 'bank.amount <> ledger.amount' if with_references
                else 'case when bank.difference_kind is null then bank.known_day is not null and bank.amount = ledger.amount'
                ~ ' else bank.amount <> ledger.amount end' }}
            and abs(bank.amount - ledger.amount) <= bank.absolute_tolerance
            and abs(bank.amount - ledger.amount) <= bank.relative_tolerance * abs(ledger.amount)
            and bank.business_day_number - ledger.business_day_number
            between -bank.bank_days_before_ledger and bank.bank_days_after_ledger
            and {{ is_difference_of_kind('bank.difference_kind') }}
            and {{ has_swapped_digits('bank.amount', 'ledger.amount') }}
            = coalesce(bank.difference_kind = 'digits_exchanged', false)
    where bank.side = 'bank'

),

{% if with_references -%}
{{ pairs_of_no_reference('candidates') }}

{{ gate(pass_code, 'candidates') }},
{%- else -%}
candidates_with_earlier as (

    select
        *,
        count(*) over (
            partition by currency, difference_kind, difference
            order by completed_day
            range between unbounded preceding and 1 preceding
        ) as earlier_differences
    from candidates
    where precedence = 1

),

{{ chances('candidates_with_earlier') }}

{{ gate(pass_code, 'candidates_with_earlier') }},
{%- endif %}

counted_candidates as (

    select
        *,
        count(*) over (
            partition by bank_item_id order by completed_day range between unbounded preceding and current row
        ) as bank_candidates,
        count(*) over (
            partition by ledger_item_id order by completed_day range between unbounded preceding and current row
        ) as ledger_candidates
    from gated

),

accepted_pairs as (

    select
        *,
        {{ surrogate_key(['rule_code', 'bank_item_id', 'ledger_item_id']) }} as match_id
    from counted_candidates
    where
        bank_candidates = 1
        and ledger_candidates = 1

),

members as (

    {{ pair_members('accepted_pairs') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- The common table expressions that end with pairs_of_no_reference: pairs whose number does not say which item is meant,
    so that a difference under it tells of another item. Such a number came before, on another day of either side, as
    those of terminals, contracts and mandates do; or it stands in texts alone, as telephone and tax numbers do, unless
    letters say of which series it is and the names agree. -#}
{% macro pairs_of_no_reference(pairs) -%}
{# What the first pass took has its number in its field. #}
items_of_numbers as (

    select
        item_references.item_id,
        items.account_id,
        items.currency,
        items.side,
        item_references.number,
        items.business_day_number,
        items.amount
    from {{ ref('int_item_references') }} as item_references
    inner join {{ ref('int_items_left_by_reference') }} as items
        on item_references.item_id = items.item_id
    where item_references.is_on_both_sides
    union all
    select
        pairs.item_id,
        pool.account_id,
        pool.currency,
        pool.side,
        pairs.match_key as number,
        pool.business_day_number,
        pool.amount
    from (
        select distinct
            case when sides.side = 'bank' then bank_item_id else ledger_item_id end as item_id,
            account_id,
            currency,
            sides.side,
            case when sides.side = 'bank' then bank_reference_key else ledger_reference_key end as reference_key,
            match_key
        from {{ pairs }}
        cross join (select 'bank' as side union all select 'ledger' as side) as sides
    ) as pairs
    inner join {{ ref('int_items_pool') }} as pool
        on
            pairs.account_id = pool.account_id
            and pairs.currency = pool.currency
            and pairs.side = pool.side
            and pairs.reference_key = pool.reference_key
            and pairs.item_id <> pool.item_id

),

pairs_of_no_reference as (

    select
        pairs.bank_item_id,
        pairs.ledger_item_id
    from {{ pairs }} as pairs
    inner join items_of_numbers
        on
            pairs.account_id = items_of_numbers.account_id
            and pairs.currency = items_of_numbers.currency
            and pairs.match_key = items_of_numbers.number
            and sign(case when items_of_numbers.side = 'bank' then pairs.bank_amount else pairs.ledger_amount end)
            = sign(items_of_numbers.amount)
            and items_of_numbers.business_day_number
            < case
                when items_of_numbers.side = 'bank' then pairs.bank_business_day_number
                else pairs.ledger_business_day_number
            end
    union distinct
    select
        pairs.bank_item_id,
        pairs.ledger_item_id
    from {{ pairs }} as pairs
    inner join {{ ref('int_item_references') }} as bank_references
        on
            pairs.bank_item_id = bank_references.item_id
            and pairs.match_key = bank_references.number
    inner join {{ ref('int_item_references') }} as ledger_references
        on
            pairs.ledger_item_id = ledger_references.item_id
            and pairs.match_key = ledger_references.number
            and bank_references.reference_kind = ledger_references.reference_kind
    group by pairs.bank_item_id, pairs.ledger_item_id
    having
        max(
            case
                when bank_references.is_field or ledger_references.is_field then 1
                when 'CHEQUE' in (bank_references.series, ledger_references.series) then 1
                when
                    bank_references.series = ledger_references.series
                    and left(bank_references.series, 1) not in ('', '#')
                    and not {{ names_nobody_alike('pairs.bank_', 'pairs.ledger_') }}
                    then 1
                else 0
            end
        ) = 0

),
{%- endmacro %}

{#- The step, as wide as the rule's window, that an open item stands in. What a bank item can match stands in its step
    or in the next. -#}
{% macro day_step() -%}
    cast(
        floor(
            (
                open_items.business_day_number
                - case when open_items.side = 'bank' then rules.bank_days_after_ledger else 0 end
            ) / (rules.bank_days_before_ledger + rules.bank_days_after_ledger + 1)
        ) as integer
    )
{%- endmacro %}

{#- True when the difference of two items, bank and ledger, can be what a rule calls it. An exchange difference needs a
    foreign currency on either side, and equal foreign amounts where both sides state one. A fee is taken from the
    account: it is the charge that the bank states, if it states one; of money that came in it must be mentioned or
    round, to halves. What the text calls a discount or a tax kept back (var deduction_words) is none, presumed or not. A short payment is money that came in
    short for what was due, so not for what takes something back. A presumed fee is whatever else the account lost.
    Rounding goes either way. -#}
{% macro is_difference_of_kind(difference_kind) -%}
    case coalesce({{ difference_kind }}, '')
        when '' then true
        when 'exchange_difference' then
            coalesce(
                coalesce(bank.original_currency, ledger.original_currency) <> bank.currency
                and coalesce(bank.original_currency = ledger.original_currency, true)
                and coalesce(abs(bank.original_amount) = abs(ledger.original_amount), true),
                false
            )
        when 'fee' then
            bank.amount < ledger.amount
            and (bank.tells_charge or not bank.tells_deduction)
            and case
                when bank.charges_amount is not null then abs(bank.charges_amount) = ledger.amount - bank.amount
                when bank.amount < 0 then true
                else
                    bank.tells_charge
                    or mod((ledger.amount - bank.amount) * 2, 1) = 0
            end
        when 'rounding' then true
        when 'digits_exchanged' then true
        when 'presumed_fee' then bank.amount < ledger.amount and (bank.tells_charge or not bank.tells_deduction)
        when 'short_payment' then
            bank.amount < ledger.amount
            and ledger.amount > 0
            and not ledger.takes_back
        else false
    end
{%- endmacro %}

{#- True when two amounts, to two decimals, differ by two neighbouring digits in exchanged places. The difference is
    then nine times a single digit with as many zeros as places follow the two, which tells where to look. -#}
{% macro has_swapped_digits(one, other, is_prepared=false) -%}
    {%- set cents = one if is_prepared else "try_cast(abs(" ~ one ~ ") * 100 as bigint)" -%}
    {%- set other_cents = other if is_prepared else "try_cast(abs(" ~ other ~ ") * 100 as bigint)" -%}
    {%- set ninth = "cast(cast(abs(" ~ other_cents ~ " - " ~ cents ~ ") / 9 as bigint) as string)" -%}
    {%- set digits = "lpad(cast(" ~ cents ~ " as string), 18, '0')" -%}
    case
        when {{ other }} = {{ one }} then false
        when mod({{ other_cents }} - {{ cents }}, 9) <> 0 then false
        when length(cast({{ other_cents }} as string)) <> length(cast({{ cents }} as string)) then false
        when length(replace({{ ninth }}, '0', '')) = 1
            then lpad(cast({{ other_cents }} as string), 18, '0') = concat(
                left({{ digits }}, 17 - length({{ ninth }})),
                substring({{ digits }}, 19 - length({{ ninth }}), 1),
                substring({{ digits }}, 18 - length({{ ninth }}), 1),
                right({{ digits }}, length({{ ninth }}) - 1)
            )
        else false
    end
{%- endmacro %}
