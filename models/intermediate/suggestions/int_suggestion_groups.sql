{# Three kinds of set that adds up: neighbours by date among the items that share a word with the target, an item and a
   charge on its day or the next, and the one set that a search by sum alone found. Neighbours need no search: two running
   totals differ by the target. An item and its charge are no rivals of the pair of the item and the target.
   How many sets would add up by chance is the sets looked at for each minor unit they spread over, or for each whole unit
   where the target is one; so the odds are those of a sum before it is looked at (var suggestion_group_odds) to that. #}
with items as (

    select * from {{ ref('int_suggestion_items') }}

),

sharing_items as (

    select * from {{ ref('int_suggestion_sharing_items') }}

),

searches as (

    select * from {{ ref('int_subset_sum_searches') }}
    where set_count = 1

),

candidates as (

    select * from {{ ref('int_subset_sum_candidates') }}

),

{% for side in ['bank', 'ledger'] -%}
{{ side }}_pairs as (

    select
        {{ side }}_item_id as item_id,
        {{ 'ledger' if side == 'bank' else 'bank' }}_item_id as partner_id,
        probability
    from {{ ref('int_suggestion_pairs') }}

),

{% endfor -%}
paired_items as (

    select * from bank_pairs
    union all
    select * from ledger_pairs

),

runs as (

    select
        last_items.target_id,
        last_items.word,
        last_items.place as last_place,
        coalesce(before_items.place, 0) as place_before,
        last_items.sharing_items * (last_items.sharing_items - 1) / 2 as sets_looked_at
    from sharing_items as last_items
    left join sharing_items as before_items
        on
            last_items.target_id = before_items.target_id
            and last_items.word = before_items.word
            and last_items.running_amount - last_items.target_amount = before_items.running_amount
    where
        last_items.place - coalesce(before_items.place, 0) >= 2
        and (before_items.place is not null or last_items.running_amount = last_items.target_amount)

),

charged as (

    select
        items.account_id,
        items.currency,
        items.side,
        items.item_id,
        charges.item_id as charge_id,
        items.day_number,
        items.amount + charges.amount as amount,
        count(*) over (
            partition by items.account_id, items.currency, items.side
            order by items.day_number
            range between 7 preceding and 7 following
        ) as sets_looked_at
    from items as charges
    inner join items
        on
            charges.account_id = items.account_id
            and charges.currency = items.currency
            and charges.side = items.side
            and charges.item_id <> items.item_id
            and charges.day_number - items.day_number between 0 and 1
            and abs(items.amount) >= 10 * abs(charges.amount)
    where charges.tells_charge

),

charged_targets as (

    select
        targets.item_id as target_id,
        charged.item_id,
        charged.charge_id,
        charged.sets_looked_at
    from charged
    inner join items as targets
        on
            charged.account_id = targets.account_id
            and charged.currency = targets.currency
            and charged.amount = targets.amount
            and charged.side <> targets.side
            and abs(charged.day_number - targets.day_number) <= 7

),

members as (

    {% for column in ['item_id', 'charge_id'] -%}
    select
        target_id,
        {{ column }} as item_id,
        'charge ' || charge_id || item_id as set_name,
        'charge' as evidence,
        cast(sets_looked_at as double) as sets_looked_at
    from charged_targets
    union all
    {% endfor -%}
    select
        runs.target_id,
        sharing_items.item_id,
        runs.word || ' ' || cast(runs.last_place as string) as set_name,
        'word ' || runs.word as evidence,
        cast(runs.sets_looked_at as double) as sets_looked_at
    from runs
    inner join sharing_items
        on
            runs.target_id = sharing_items.target_id
            and runs.word = sharing_items.word
            and runs.place_before < sharing_items.place
            and runs.last_place >= sharing_items.place
    union all
    select
        searches.target_id,
        candidates.item_id,
        'search' as set_name,
        'no word' as evidence,
        cast(power(2, searches.candidate_count) as double) as sets_looked_at
    from searches
    inner join candidates
        on searches.target_id = candidates.target_id
    where
        mod(
            cast(
                floor(
                    case when candidates.place <= 8 then searches.first_set_number else searches.second_set_number end
                    / power(2, mod(candidates.place - 1, 8))
                ) as integer
            ),
            2
        ) = 1

),

{# A set whose items are not all in the pool any more adds up no longer. #}
complete as (

    select
        members.target_id,
        members.item_id,
        members.set_name,
        members.evidence,
        targets.side as target_side,
        case when targets.side = 'bank' then 1 else -1 end
        * (targets.day_number - items.day_number) as days_after_ledger,
        count(*) over by_set as item_count,
        min(items.item_on) over by_set as first_on,
        max(items.item_on) over by_set as last_on,
        sum(items.amount) over by_set as set_amount,
        targets.amount as target_amount,
        min(members.item_id) over by_set as first_item_id,
        max(members.item_id) over by_set as last_item_id,
        members.sets_looked_at
        / case when targets.amount = floor(targets.amount) then abs(targets.amount) else abs(targets.amount) * 100 end
            as sets_by_chance
    from members
    inner join items
        on members.item_id = items.item_id
    inner join items as targets
        on members.target_id = targets.item_id
    window by_set as (partition by members.target_id, members.set_name)

),

{# The same items under several words are one set. #}
ranked as (

    select
        *,
        dense_rank() over (
            partition by target_id, item_count, first_item_id, last_item_id
            order by sets_by_chance, set_name
        ) as name_rank
    from complete
    where set_amount = target_amount

),

items_shared as (

    select
        target_id,
        item_id,
        max(shared_bits) as shared_bits
    from sharing_items
    group by target_id, item_id

),

{# How much the least of its items shares with the target. #}
judged as (

    select
        ranked.*,
        coalesce(min(items_shared.shared_bits) over (partition by ranked.target_id, ranked.set_name), 0) as set_bits
    from ranked
    left join items_shared
        on
            ranked.target_id = items_shared.target_id
            and ranked.item_id = items_shared.item_id
    where ranked.name_rank = 1

),

{# Whether a set that was found is the only one is told by all sets of up to four: of two items, and of one or two more
   that have what these leave of the target. #}
targets as (

    select distinct target_id
    from judged

),

shared_pairs as (

    select
        one.target_id,
        one.word,
        one.target_amount,
        one.place as first_place,
        other.place as last_place,
        one.item_id || other.item_id as item_ids,
        one.amount + other.amount as amount,
        least(one.shared_bits, other.shared_bits) as set_bits,
        one.sharing_items
    from targets
    inner join sharing_items as one
        on targets.target_id = one.target_id
    inner join sharing_items as other
        on
            one.target_id = other.target_id
            and one.word = other.word
            and one.place < other.place

),

sets as (

    select
        target_id,
        item_ids,
        set_bits
    from shared_pairs
    where amount = target_amount
    union distinct
    select
        pairs.target_id,
        pairs.item_ids || third.item_id as item_ids,
        least(pairs.set_bits, third.shared_bits) as set_bits
    from shared_pairs as pairs
    inner join sharing_items as third
        on
            pairs.target_id = third.target_id
            and pairs.word = third.word
            and pairs.last_place < third.place
            and pairs.target_amount - pairs.amount = third.amount
    union distinct
    select
        pairs.target_id,
        pairs.item_ids || other_pairs.item_ids as item_ids,
        least(pairs.set_bits, other_pairs.set_bits) as set_bits
    from shared_pairs as pairs
    inner join shared_pairs as other_pairs
        on
            pairs.target_id = other_pairs.target_id
            and pairs.word = other_pairs.word
            and pairs.last_place < other_pairs.first_place
            and pairs.target_amount - pairs.amount = other_pairs.amount
    where pairs.sharing_items <= {{ var('suggestion_group_rivals') }}

),

{# A set of which every item shares more with the target is likelier by as much. #}
weighed_sets as (

    select
        target_id,
        sum({{ odds_of_weight('set_bits') }}) as weight
    from sets
    group by target_id

),

likely as (

    select
        judged.*,
        1 / (
            greatest(
                sum({{ odds_of_weight('judged.set_bits') }} / judged.item_count) over (partition by judged.target_id)
                / {{ odds_of_weight('judged.set_bits') }} - 1,
                coalesce(weighed_sets.weight, 0) / {{ odds_of_weight('judged.set_bits') }}
                - case when judged.item_count > 4 then 0 else 1 end,
                0
            )
            + cast(judged.sets_by_chance as double) / {{ var('suggestion_group_odds') }}
        ) as odds
    from judged
    left join weighed_sets
        on judged.target_id = weighed_sets.target_id

),

likeliest as (

    select
        *,
        dense_rank() over (partition by target_id order by odds desc, set_name asc) as set_rank
    from likely

),

roles as (

    select true as is_target
    union all
    select false as is_target

),

parts as (

    select distinct
        likeliest.target_id,
        case when roles.is_target then likeliest.target_id else likeliest.item_id end as item_id,
        likeliest.target_side,
        likeliest.item_count,
        likeliest.evidence = 'charge' as has_charge,
        likeliest.evidence || ', ' || cast(likeliest.item_count as string) || ' items add up, dated '
        || cast(likeliest.first_on as string) || ' to ' || cast(likeliest.last_on as string) as evidence,
        case when not roles.is_target then likeliest.days_after_ledger end as days_after_ledger,
        cast(round(likeliest.odds, 6) as decimal(28, 6)) as odds
    from likeliest
    cross join roles
    where
        likeliest.set_rank = 1
        and likeliest.odds > 0.001

),

{# An item belongs to one suggestion: to its likeliest, as far as it is likelier than the others together. #}
compared as (

    select
        parts.*,
        row_number() over (partition by parts.item_id order by parts.odds desc, parts.target_id asc) as item_rank,
        sum(parts.odds) over (partition by parts.item_id) - parts.odds as other_odds,
        case
            when parts.has_charge and (paired_items.partner_id = parts.target_id or inside.item_id is not null) then 0
            else coalesce(paired_items.probability, 0)
        end as pair_probability
    from parts
    left join paired_items
        on parts.item_id = paired_items.item_id
    left join parts as inside
        on
            paired_items.partner_id = inside.item_id
            and parts.target_id = inside.target_id

),

settled as (

    select
        *,
        cast(
            round(odds / (1 + odds + max(other_odds) over (partition by target_id)), 6) as decimal(9, 6)
        ) as probability,
        max(item_rank) over (partition by target_id) as worst_rank,
        max(pair_probability) over (partition by target_id) as runner_up_probability
    from compared

)

select
    target_id,
    item_id,
    target_side,
    evidence,
    cast(item_count as integer) as item_count,
    cast(days_after_ledger as integer) as days_after_ledger,
    probability,
    cast(runner_up_probability as decimal(9, 6)) as runner_up_probability
from settled
where
    item_id <> target_id
    and worst_rank = 1
    and probability >= {{ var('suggestion_probability') }}
    and probability > runner_up_probability
