{#- A pass that pairs single items of equal amount: within a run of one key, the n-th item of the bank with the n-th of
    the books, in date order. Each item has one rank on its side, so no item can be claimed twice. Where the rule leaves
    ambiguous items open, a pair counts only if on the day it is complete no other item of its run is waiting, unless
    the one that waits is alike: same reference, counterparty and memo; behind the first such day nothing of the run
    counts, because what waited then may wait still. A transfer whose two dates differ waits for any other as well.

    Arguments as in keyed_items. With references, or by amount, an item may stand under several keys: it belongs to a
    pair only if by the day the pair is complete no other item is its partner under another key. is_by_amount: as in
    gate.

    A series of equal amounts, of which one is missing on one side, is shifted by one in date order. So where both sides
    were level and showed a day's items on that day, later items of one day are pairs; and a pair beside which an item of
    another day waits, or behind such a pair of its run, is posted only if its items stand as many days apart as most sure
    pairs before it (is_shifted), or if its run is level at last and all of it stood so. Such a pair counts on the day
    on which the run is level. Nor is one posted that stands on one day, or in the other order, where the first of its
    series did not, if that is a step of the series, or whose line is nearer to the entry before: there one side lacked an
    item, and none waited. The first of a reference that one side has twice is no series: it was entered twice.
    Items of one day are in the order of their memos, and a pair of a counterparty beside which an item waits whose memo
    shares more with one of the two is not posted.
    Result: one row per claimed item, the columns of claims. -#}
{% macro match_one_to_one(pass_code, pool=none, with_references=false, is_by_amount=false) -%}
{%- set in_order = pass_code in ['reference', 'memo_reference', 'counterparty'] -%}
{%- set by_day = in_order or pass_code == 'own_transfer' -%}
{%- set run_of_key = 'account_id, currency, match_key, amount, run_number' -%}
with {{ keyed_items(pass_code, pool, with_amount=true, with_references=with_references, with_rules=is_by_amount) }},

{# A key that stands once on each side is a pair without more ado. Its columns are joined: aggregates of so many texts over
   all keys cost more. #}
single_pairs as (

    select
        keys_on_both_sides.account_id,
        keys_on_both_sides.currency,
        keys_on_both_sides.match_key,
        keys_on_both_sides.amount,
        bank_items.calendar_code,
        greatest(bank_items.business_day_number, ledger_items.business_day_number) as completed_day,
        greatest(bank_items.counted_on, ledger_items.counted_on) as completed_on,
        {%- for column in paired_columns() %}
        {{ column | replace('_', '_items.', 1) }} as {{ column }},
        {%- endfor %}
        {%- for column in rule_columns() %}
        bank_items.{{ column }},
        {%- endfor %}
        {%- if in_order %}
        false as is_contested,
        false as was_contested,
        false as is_nearer_to_before,
        cast(null as integer) as least_step,
        {%- endif %}
        false as is_of_several_names,
        false as is_ambiguous
    from keys_on_both_sides
    inner join items_with_key as bank_items
        on
            keys_on_both_sides.bank_item_id = bank_items.item_id
            and keys_on_both_sides.match_key = bank_items.match_key
    inner join items_with_key as ledger_items
        on
            keys_on_both_sides.ledger_item_id = ledger_items.item_id
            and keys_on_both_sides.match_key = ledger_items.match_key
    where keys_on_both_sides.item_count = 2

),

{% set run_columns = ['account_id', 'currency', 'match_key', 'amount', 'run_number'] + (['day_of_both'] if by_day else []) -%}
{% if by_day -%}
{# What both sides show on one day is a pair of that day, where no party tells one such item from another: transfers
   between own accounts, and what the bank charges; and where both sides have shown an earlier day's items on that day. #}
{% if in_order -%}
items_with_balance as (

    select
        keyed_items.*,
        {{ 'false' if pass_code == 'reference' else 'held_pairs.item_id is not null' }} as was_held,
        sum(case when side = 'bank' then 1 else -1 end) over (
            partition by {{ run_of_key }}
            order by business_day_number
            range between unbounded preceding and 1 preceding
        ) as waiting_before,
        sum(case when side = 'bank' then 1 else -1 end) over (
            partition by {{ run_of_key }}, business_day_number
        ) as surplus_of_day
    from keyed_items
    {%- if pass_code != 'reference' %}
    left join ({{ held_items(pass_code) }}) as held_pairs
        on keyed_items.item_id = held_pairs.item_id
    {%- endif %}

),

{% endif -%}
items_with_day as (

    select
        *,
        case
            when
                place_on_day <= least(
                    sum(case when side = 'bank' then 1 else 0 end) over of_day,
                    sum(case when side = 'ledger' then 1 else 0 end) over of_day
                )
                and is_of_one_day
                then business_day_number
        end as day_of_both
    from (
        select
            *,
            row_number() over (
                partition by
                    account_id, currency, match_key, amount, run_number, business_day_number, is_of_one_day, side
                order by item_on, {{ memo_order() }}, item_id
            ) as place_on_day
        from (
            select
                *,
                {% if in_order -%}
                coalesce(
                    max(case when coalesce(waiting_before, 0) = 0 and surplus_of_day = 0 then 1 else 0 end) over (
                        partition by {{ run_of_key }}
                        order by business_day_number
                        range between unbounded preceding and 1 preceding
                    ) = 1,
                    false
                )
                {{- ' or counterparty is null' if pass_code == 'counterparty' }}
                {%- else -%}
                true
                {%- endif %} as is_of_one_day
            from {{ 'items_with_balance' if in_order else 'keyed_items' }}
        ) as told
    ) as placed
    window of_day as (
        partition by account_id, currency, match_key, amount, run_number, business_day_number, is_of_one_day
    )

),

{% endif -%}
{% set next_columns = ['business_day_number', 'reference_key', 'counterparty_key', 'name_words', 'memo'] -%}
ranked_items as (

    select
        *,
        row_number() over by_side as item_rank,
        {%- if in_order %}
        sum(case when side = 'bank' then 1 else -1 end) over (
            partition by {{ run_columns | join(', ') }}
            order by business_day_number
            range between unbounded preceding and current row
        ) as waiting,
        {%- for name, end in [('paired_before', '1 preceding'), ('paired_until', 'current row')] %}
        coalesce(
            sum(case when day_of_both is not null then 1 else 0 end) over (
                partition by {{ run_of_key }}
                order by business_day_number
                range between unbounded preceding and {{ end }}
            ),
            0
        ) as {{ name }},
        {%- endfor %}
        {%- endif %}
        {%- for column in next_columns %}
        lead({{ column }}) over by_side as next_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ 'items_with_day' if by_day else 'keyed_items' }}
    window by_side as (
        partition by {{ run_columns | join(', ') }}, side
        order by business_day_number, item_on, {{ memo_order() }}, item_id
    )

),

ranks as (

    select
        {{ run_columns | join(',\n        ') }},
        item_rank,
        {{ pair_columns() }},
        {%- for column in rule_columns() %}
        max({{ column }}) as {{ column }},
        {%- endfor %}
        count(*) as item_count,
        {%- if in_order %}
        case
            when
                max(case when side = 'bank' then business_day_number end)
                >= max(case when side = 'ledger' then business_day_number end)
                then max(case when side = 'bank' then waiting end)
            else max(case when side = 'ledger' then waiting end)
        end as waiting_then,
        max(case when was_held then 1 else 0 end) as was_held,
        max(paired_before) as paired_before,
        min(case when next_business_day_number > business_day_number then next_business_day_number - business_day_number end)
            as days_to_next,
        max(paired_before) > min(paired_until)
        or coalesce(
            min(case when next_business_day_number > business_day_number then next_business_day_number end)
            <= max(business_day_number),
            false
        ) as is_beside_another,
        {%- endif %}
        coalesce(
            min(
                case
                    when
                        reference_key is distinct from next_reference_key
                        or counterparty_key is distinct from next_counterparty_key
                        or memo is distinct from next_memo
                        {{- '\n                        or business_day_number <> next_business_day_number' if is_by_amount }}
                        then next_business_day_number
                end
            ) <= max(business_day_number),
            false
        )
        {%- if pass_code == 'own_transfer' %}
        or (
            min(business_day_number) < max(business_day_number)
            and coalesce(min(next_business_day_number) <= max(business_day_number), false)
        )
        {%- endif %} as another_waits,
        coalesce(
            min(case when name_words <> next_name_words then next_business_day_number end) <= max(business_day_number),
            false
        ) as another_name_waits
    from ranked_items
    group by {{ run_columns | join(', ') }}, item_rank

),

{% if in_order -%}
levelled as (

    select
        *,
        waiting_then = 0 as is_level,
        is_beside_another
        {%- if pass_code in ['reference', 'memo_reference'] %}
        {#- The first of a reference that one side has twice within a week, in the same words, was entered twice, and is
            no series. #}
        and not (
            item_rank = 1
            and not another_waits
            and paired_before = 0
            and abs(waiting_then) = 1
            and coalesce(days_to_next < 5, false)
        )
        {%- endif %} as is_contested,
        sum(case when waiting_then = 0 then 1 else 0 end) over (
            partition by {{ run_columns | join(', ') }}
            order by item_rank
            rows between unbounded preceding and 1 preceding
        ) as levels_before
    from ranks

),

{# Stretches of a run, each up to where it is level. #}
proved_by_level as (

    select
        ranks.*,
        max(case when is_level then 1 else 0 end) over of_stretch = 1
        and max(case when is_contested then 1 else 0 end) over of_stretch = 1
        and max(bank_business_day_number - ledger_business_day_number) over of_stretch
        - min(bank_business_day_number - ledger_business_day_number) over of_stretch
        <= case when count(*) over of_stretch = 2 then 1 else 0 end
        and sign(max(bank_business_day_number - ledger_business_day_number) over of_stretch)
        * sign(min(bank_business_day_number - ledger_business_day_number) over of_stretch) >= 0 as is_proved_by_level,
        max(completed_day) over of_stretch as level_day,
        max(completed_on) over of_stretch as level_on,
        lag(bank_business_day_number) over of_run as bank_day_before,
        lag(ledger_business_day_number) over of_run as ledger_day_before,
        (
            max(case when is_contested then 1 else 0 end) over of_earlier_days = 1
            and least(bank_business_day_number, ledger_business_day_number) - max(completed_day) over of_earlier_days
            <= greatest(
                abs(
                    first_value(bank_business_day_number - ledger_business_day_number) over (
                        partition by {{ run_of_key }} order by completed_day, item_rank
                    )
                ),
                1
            )
        )
        or was_held = 1 as was_contested
    from levelled as ranks
    window
        of_stretch as (partition by {{ run_columns | join(', ') }}, coalesce(levels_before, 0)),
        of_earlier_days as (
            partition by {{ run_of_key }}
            order by completed_day
            range between unbounded preceding and 1 preceding
        ),
        of_run as (partition by {{ run_of_key }} order by completed_day, item_rank)

),

{% endif -%}
ranked_pairs as (

    select
        *,
        {%- if in_order %}
        {# The bank's item is nearer to the entry before than that one's own, which it preceded by days. #}
        coalesce(
            ledger_day_before - bank_day_before >= 3
            and abs(bank_business_day_number - ledger_day_before) < ledger_day_before - bank_day_before,
            false
        ) as is_nearer_to_before,
        min(
            least(
                case when bank_business_day_number > bank_day_before then bank_business_day_number - bank_day_before end,
                case
                    when ledger_business_day_number > ledger_day_before
                        then ledger_business_day_number - ledger_day_before
                end
            )
        ) over (
            partition by {{ run_of_key }}
            order by completed_day, item_rank
            rows between unbounded preceding and current row
        ) as least_step,
        {%- endif %}
        max(case when another_name_waits then 1 else 0 end) over (
            partition by {{ run_columns | join(', ') }}
            order by item_rank
            rows between unbounded preceding and current row
        ) = 1 as is_of_several_names,
        max(case when another_waits then 1 else 0 end) over (
            partition by {{ run_columns | join(', ') }}
            order by item_rank
            rows between unbounded preceding and current row
        ) = 1 as is_ambiguous
    from {{ 'proved_by_level' if in_order else 'ranks' }}

),

{% set columns = [
    'account_id', 'currency', 'match_key', 'amount', 'calendar_code', 'completed_day', 'completed_on', 'is_of_several_names',
    'is_ambiguous'
] + (['is_contested', 'was_contested', 'is_nearer_to_before', 'least_step'] if in_order else []) + rule_columns() -%}
{% set proved_columns = {
    'completed_day': 'case when is_proved_by_level then level_day else completed_day end as completed_day',
    'completed_on': 'case when is_proved_by_level then level_on else completed_on end as completed_on',
    'is_contested': 'is_contested and not is_proved_by_level as is_contested',
    'was_contested': 'coalesce(was_contested, false) and not is_proved_by_level as was_contested',
} if in_order else {} -%}
pairs as (

    select
        {{ (columns + paired_columns()) | join(',\n        ') }}
    from single_pairs
    union all
    select
        {%- for column in columns + paired_columns() %}
        {{ proved_columns.get(column, column) }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ranked_pairs
    where item_count = 2

),

pairs_by_rule as (

    select
        pairs.*,
        {% if with_references -%}
        length(match_key) - length(bank_key) - 1
        {%- elif is_by_amount -%}
        case when bank_key = 'words' then length(match_key) - length(bank_key) - 1 else 0 end
        {%- else -%}
        {{ 'length(match_key)' if pass_code == 'reference' else 0 }}
        {%- endif %} as reference_length,
        row_number() over (partition by bank_item_id, ledger_item_id order by rule_number, match_key) as precedence
    from pairs
    {%- if is_by_amount %}
    left join ({{ held_items(pass_code) }}) as held_items
        on pairs.bank_item_id = held_items.item_id
    {%- endif %}
    where
        bank_business_day_number - ledger_business_day_number
        between -bank_days_before_ledger and bank_days_after_ledger
        and (when_ambiguous <> 'leave_open' or not is_ambiguous)
        {%- if pass_code == 'counterparty' %}
        and not is_of_several_names
        {%- elif is_by_amount %}
        and held_items.item_id is null
        {%- endif %}

),

{% if pass_code == 'counterparty' -%}
{# Words of a memo that few of the run have may tell whose the other side's item is: of two rents of one landlord the house. #}
words_of_runs as (

    select
        *,
        count(*) over (partition by {{ run_of_key }}, side, word) as items_of_word
    from (
        select distinct
            {{ run_of_key }},
            item_id,
            side,
            business_day_number,
            case when items_of_pair = 2 then pair_completed_day end as completed_day,
            case when items_of_pair = 2 then case when side = 'bank' then pair_ledger_id else pair_bank_id end end as partner_id,
            {{ each_word(regexp_replace_all(upper_case('memo'), '[^\\p{L}0-9]+', ' ')) }} as word
        from (
            select
                *,
                count(*) over (partition by {{ run_of_key }}) as items_of_run,
                count(*) over of_pair as items_of_pair,
                max(business_day_number) over of_pair as pair_completed_day,
                max(case when side = 'bank' then item_id end) over of_pair as pair_bank_id,
                max(case when side = 'ledger' then item_id end) over of_pair as pair_ledger_id
            from ranked_items
            window of_pair as (partition by {{ run_columns | join(', ') }}, item_rank)
        ) as runs
        where
            memo is not null
            and items_of_run > 2
    ) as words

),

{# Of items of which neither had a partner yet when the later one came. #}
shared_words as (

    select
        bank_words.item_id as bank_item_id,
        ledger_words.item_id as ledger_item_id,
        max(bank_words.partner_id) as bank_partner_id,
        max(ledger_words.partner_id) as ledger_partner_id,
        max(bank_words.completed_day) as bank_completed_day,
        max(ledger_words.completed_day) as ledger_completed_day,
        max(greatest(bank_words.business_day_number, ledger_words.business_day_number)) as known_day,
        count(*) as word_count
    from words_of_runs as bank_words
    inner join words_of_runs as ledger_words
        on
            {%- for column in run_of_key.split(', ') %}
            {{ 'and ' if not loop.first }}bank_words.{{ column }} = ledger_words.{{ column }}
            {%- endfor %}
            and bank_words.word = ledger_words.word
            and ledger_words.side = 'ledger'
    where
        bank_words.side = 'bank'
        and bank_words.word <> ''
        and greatest(bank_words.items_of_word, ledger_words.items_of_word) <= {{ var('items_of_a_word') }}
    group by bank_words.item_id, ledger_words.item_id

),

{# Pairs beside which an item waits whose memo shares more with one of the two. #}
pairs_told_otherwise as (

    select distinct
        case when side = 'bank' then item_id else partner_id end as bank_item_id,
        case when side = 'bank' then partner_id else item_id end as ledger_item_id
    from (
        select
            *,
            max(case when other_id = partner_id then word_count end) over (partition by side, item_id) as own_word_count
        from (
            select
                sides.side,
                known_day,
                word_count,
                case when sides.side = 'bank' then bank_item_id else ledger_item_id end as item_id,
                case when sides.side = 'bank' then bank_partner_id else ledger_partner_id end as partner_id,
                case when sides.side = 'bank' then ledger_item_id else bank_item_id end as other_id,
                case when sides.side = 'bank' then bank_completed_day else ledger_completed_day end as completed_day,
                case when sides.side = 'bank' then ledger_completed_day else bank_completed_day end as other_completed_day
            from shared_words
            cross join (select 'bank' as side union all select 'ledger' as side) as sides
        ) as seen_from_either
    ) as compared
    where
        other_id <> partner_id
        and known_day <= completed_day
        and coalesce(other_completed_day >= completed_day, true)
        and word_count > coalesce(own_word_count, 0)

),

{% endif -%}
{% if in_order -%}
{# In a series of which one side was first, by days, a pair of one day or in the other order, a step of the series away,
   has the partner of its neighbour. #}
pairs_with_slips as (

    select
        *,
        is_nearer_to_before
        or coalesce(
            first_lag <> 0
            and (bank_business_day_number - ledger_business_day_number) * sign(first_lag) <= 0
            and abs(bank_business_day_number - ledger_business_day_number - first_lag) = least_step,
            false
        ) as is_slipped
    from (
        select
            *,
            first_value(bank_business_day_number - ledger_business_day_number) over (
                partition by account_id, currency, match_key, amount
                order by precedence, completed_day, bank_item_id
            ) as first_lag
        from pairs_by_rule
    ) as with_first_lag

),

pairs_in_order as (

    select
        *,
        (
            (is_contested or was_contested or is_slipped)
            and not coalesce(pairs_alike >= 2 and pairs_alike * 2 > sure_pairs, false)
        )
        {# A week earlier than at first, and before the books, is the week before. #}
        or bank_business_day_number - ledger_business_day_number <= least(first_lag - 5, -1)
        {%- if pass_code == 'counterparty' %}
        or is_told_otherwise
        {%- endif %} as is_shifted
    from (
        select
            {{ 'pairs_with_slips.' if pass_code == 'counterparty' }}*,
            {%- if pass_code == 'counterparty' %}
            pairs_told_otherwise.bank_item_id is not null as is_told_otherwise,
            {%- endif %}
            {%- for name, lag in [('sure_pairs', ''), ('pairs_alike', ', bank_business_day_number - ledger_business_day_number')] %}
            sum(
                case when precedence = 1 and not is_contested and not was_contested and not is_slipped then 1 else 0 end
            ) over (
                partition by account_id, currency, sign(amount){{ lag }}
                order by completed_day
                range between unbounded preceding and 1 preceding
            ) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from pairs_with_slips
        {%- if pass_code == 'counterparty' %}
        left join pairs_told_otherwise
            on
                pairs_with_slips.bank_item_id = pairs_told_otherwise.bank_item_id
                and pairs_with_slips.ledger_item_id = pairs_told_otherwise.ledger_item_id
        {%- endif %}
    ) as compared

),

{% endif -%}
{%- set judged_pairs = 'pairs_in_order' if in_order else 'pairs_by_rule' -%}
{% if pass_code == 'counterparty' -%}
{{ pairs_of_initials('pairs_by_rule', 'open_items') }}

{% endif -%}
{% if is_by_amount or pass_code == 'counterparty' -%}
{{ chances('pairs_by_rule', with_orders=pass_code == 'counterparty', is_by_amount_alone=is_by_amount) }}

{% endif -%}
{% if is_by_amount -%}
{# What comes late and is a fee short of an entry nearer in time may be for that one; what nothing but its amount brings
   to an entry, for the entries of one memo and day that add up to it. #}
paid_for_others as (

    select distinct
        pairs.bank_item_id,
        pairs.ledger_item_id
    from pairs_by_rule as pairs
    inner join open_items as entries
        on
            pairs.account_id = entries.account_id
            and pairs.currency = entries.currency
            and pairs.bank_counterparty_key = entries.counterparty_key
            and entries.side = 'ledger'
            and entries.business_day_number <= pairs.completed_day
            and pairs.bank_business_day_number - entries.business_day_number between -2 and 5
            and entries.amount - pairs.amount between 0.01 and pairs.amount / 20
            and mod((entries.amount - pairs.amount) * 2, 1) = 0
    where
        pairs.bank_key = 'counterparty'
        and pairs.precedence = 1
    union distinct
    select
        pairs.bank_item_id,
        pairs.ledger_item_id
    from pairs_by_rule as pairs
    inner join (
        select
            account_id,
            currency,
            memo,
            business_day_number,
            sum(amount) as amount
        from open_items
        where
            side = 'ledger'
            and memo is not null
        group by account_id, currency, memo, business_day_number
        having count(*) > 1
    ) as sums
        on
            pairs.account_id = sums.account_id
            and pairs.currency = sums.currency
            and pairs.amount = sums.amount
            and sums.business_day_number <= pairs.completed_day
            and pairs.bank_business_day_number - sums.business_day_number
            between -pairs.bank_days_before_ledger and pairs.bank_days_after_ledger
    where
        pairs.bank_key in ('any', 'rare')
        and pairs.precedence = 1

),

{% endif -%}
{{ gate(pass_code, judged_pairs, is_by_amount) }},

{% if with_references or is_by_amount -%}
told_apart as (

    select
        *,
        {%- for side, other in [('bank', 'ledger'), ('ledger', 'bank')] %}
        min({{ other }}_item_id) over {{ side }}_until = max({{ other }}_item_id) over {{ side }}_until as is_only_of_{{ side }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from gated
    window
        bank_until as (
            partition by bank_item_id order by completed_day range between unbounded preceding and current row
        ),
        ledger_until as (
            partition by ledger_item_id order by completed_day range between unbounded preceding and current row
        )

),

{% endif -%}
accepted_pairs as (

    select
        *,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'bank_item_id', 'ledger_item_id']) }} as match_id
    {%- if with_references or is_by_amount %}
    from told_apart
    where
        is_only_of_bank
        and is_only_of_ledger
    {%- else %}
    from gated
    {%- endif %}

),

members as (

    {{ pair_members('accepted_pairs') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- How items of one day stand behind one another: by their memos, which both sides may have alike. -#}
{% macro memo_order() -%}
    {{ upper_case("coalesce(memo, '')") }}
{%- endmacro %}

{#- The items of pairs that the passes in date order before this one held back. -#}
{% macro held_items(pass_code) -%}
    {%- set passes = ['reference', 'memo_reference', 'counterparty', 'amount'] %}
    {%- for pass in passes[:passes.index(pass_code)] %}
    select item_id from {{ ref('int_items_matched_by_' ~ pass) }} where posting = 'suggestion'
    {{- ' union distinct' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What a pair has of the rule that both its items stand under. -#}
{% macro rule_columns() -%}
    {{ return([
        'rule_code',
        'bank_key',
        'when_ambiguous',
        'rule_posting',
        'rule_number',
        'bank_days_before_ledger',
        'bank_days_after_ledger',
        'wait_days',
    ]) }}
{%- endmacro %}

{#- What a pair has of each of its items, as bank_<column> and ledger_<column>. -#}
{% macro paired_columns() -%}
    {%- set columns = [] -%}
    {%- for side in ['bank', 'ledger'] -%}
        {%- for column in ['item_id', 'counterparty', 'counterparty_key', 'name_words', 'takes_back', 'tells_transfer', 'tells_charge', 'business_day_number'] -%}
            {%- do columns.append(side ~ '_' ~ column) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{#- The columns of a pair, from its two items. -#}
{% macro pair_columns() -%}
        max(calendar_code) as calendar_code,
        max(business_day_number) as completed_day,
        max(counted_on) as completed_on,
        {%- for column in paired_columns() %}
        {%- set side = column.split('_')[0] %}
        max(case when side = '{{ side }}' then {{ column[side | length + 1:] }} end) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
