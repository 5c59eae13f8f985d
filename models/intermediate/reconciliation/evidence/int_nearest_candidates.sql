{# Per item that no closed match took the two candidates of the other side that come nearest. In each list of items
   with one reference, one amount or one counterparty, an item's candidates are the last one of the other side before it
   and the first one behind it, of the open ones and of all, so the work grows with the items and not with their square.
   What closed matches took is a candidate by its reference or its amount: of names alone there are as many as the books
   are old. #}
with open_items as (

    select
        items.item_id,
        items.account_id,
        items.match_id,
        items.side,
        items.rule_code,
        items.currency,
        items.reference,
        items.counterparty,
        items.reference_key,
        coalesce(left_items.later_counterparty_key, left_items.counterparty_key, items.counterparty_key)
            as counterparty_key,
        coalesce(left_items.later_name_words, left_items.name_words) as name_words,
        items.business_day_number,
        items.amount,
        items.is_match_closed,
        items.item_on
    from {{ ref('int_items_cleared') }} as items
    left join {{ ref('int_items_left_by_reference') }} as left_items
        on items.item_id = left_items.item_id
    where
        items.business_day_number is not null
        and not items.is_match_closed

),

closed_items as (

    select * from {{ ref('int_items_cleared') }}
    where
        is_match_closed
        and business_day_number is not null

),

open_references as (

    select distinct
        account_id,
        currency,
        reference_key
    from open_items

),

open_amounts as (

    select
        account_id,
        currency,
        amount,
        min(business_day_number) - {{ var('candidate_days') }} as first_day,
        max(business_day_number) + {{ var('candidate_days') }} as last_day
    from open_items
    group by account_id, currency, amount

),

{# What lies months apart and shares an amount only is no candidate. #}
closed_beside_open as (

    select closed_items.item_id
    from closed_items
    inner join open_references
        on
            closed_items.account_id = open_references.account_id
            and closed_items.currency = open_references.currency
            and closed_items.reference_key = open_references.reference_key
    union distinct
    select closed_items.item_id
    from closed_items
    inner join open_amounts
        on
            closed_items.account_id = open_amounts.account_id
            and closed_items.currency = open_amounts.currency
            and closed_items.amount = open_amounts.amount
            and closed_items.business_day_number between open_amounts.first_day and open_amounts.last_day

),

listable as (

    select * from open_items
    union all
    select
        closed_items.item_id,
        closed_items.account_id,
        closed_items.match_id,
        closed_items.side,
        closed_items.rule_code,
        closed_items.currency,
        closed_items.reference,
        closed_items.counterparty,
        closed_items.reference_key,
        closed_items.counterparty_key,
        cast(null as string) as name_words,
        closed_items.business_day_number,
        closed_items.amount,
        closed_items.is_match_closed,
        closed_items.item_on
    from closed_items
    inner join closed_beside_open
        on closed_items.item_id = closed_beside_open.item_id

),

items as (

    select
        *,
        {{ reference_series('reference_key') }} as reference_series,
        {{ letters_and_digits('reference') }} as reference_text,
        {{ scripts('name_words') }} as scripts,
        try_cast(abs(amount) * 100 as bigint) as cents,
        row_number() over (order by account_id, currency, business_day_number, item_id) as item_number
    from listable

),

named as (

    select distinct
        item_id,
        number
    from {{ ref('int_item_references') }}
    where reference_kind <> 'short'

),

{# The lists of an item, in one reading of it: Spark computes a step again for each time that it is read. #}
keyed as (

    select
        items.*,
        kinds.kind || ' ' || case kinds.kind
            when 'reference' then items.reference_key
            when 'named' then named.number
            when 'amount' then cast(items.amount as string)
            when 'counterparty' then case when not items.is_match_closed then items.counterparty_key end
        end as list_key
    from items
    cross join (values ('reference'), ('named'), ('amount'), ('counterparty')) as kinds (kind)
    left join named
        on case when kinds.kind = 'named' then items.item_id end = named.item_id

),

listed as (

    select
        account_id,
        match_id,
        side,
        currency,
        list_key,
        item_number,
        is_match_closed,
        case when side = 'bank' then item_number end as bank_number,
        case when side = 'ledger' then item_number end as ledger_number,
        case when side = 'bank' and match_id is null then item_number end as open_bank_number,
        case when side = 'ledger' and match_id is null then item_number end as open_ledger_number
    from keyed
    where list_key is not null

),

{# A list of one match alone holds no candidate for another, nor does one without an open item. #}
lists_of_both_sides as (

    select
        account_id,
        currency,
        list_key
    from listed
    group by account_id, currency, list_key
    having
        count(bank_number) > 0
        and count(ledger_number) > 0
        and (count(match_id) < count(*) or min(match_id) <> max(match_id))
        and min(case when is_match_closed then 1 else 0 end) = 0

),

neighbours as (

    select
        listed.side,
        listed.item_number,
        listed.is_match_closed,
        substring(listed.list_key, 1, 5) in ('refer', 'named') as is_by_reference,
        max(listed.bank_number) over before_it as bank_before,
        max(listed.ledger_number) over before_it as ledger_before,
        max(listed.open_bank_number) over before_it as open_bank_before,
        max(listed.open_ledger_number) over before_it as open_ledger_before,
        min(listed.bank_number) over behind_it as bank_behind,
        min(listed.ledger_number) over behind_it as ledger_behind,
        min(listed.open_bank_number) over behind_it as open_bank_behind,
        min(listed.open_ledger_number) over behind_it as open_ledger_behind
    from listed
    inner join lists_of_both_sides
        on
            listed.account_id = lists_of_both_sides.account_id
            and listed.currency = lists_of_both_sides.currency
            and listed.list_key = lists_of_both_sides.list_key
    window
        before_it as (
            partition by listed.account_id, listed.currency, listed.list_key
            order by listed.item_number
            rows between unbounded preceding and 1 preceding
        ),
        behind_it as (
            partition by listed.account_id, listed.currency, listed.list_key
            order by listed.item_number
            rows between 1 following and unbounded following
        )

),

directions as (

    {% for kind in ['before', 'behind', 'open_before', 'open_behind'] -%}
    select '{{ kind }}' as direction
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

found as (

    select
        neighbours.item_number,
        neighbours.is_by_reference,
        case
            when neighbours.side = 'bank' and directions.direction = 'before' then neighbours.ledger_before
            when neighbours.side = 'bank' and directions.direction = 'behind' then neighbours.ledger_behind
            when neighbours.side = 'bank' and directions.direction = 'open_before' then neighbours.open_ledger_before
            when neighbours.side = 'bank' and directions.direction = 'open_behind' then neighbours.open_ledger_behind
            when neighbours.side = 'ledger' and directions.direction = 'before' then neighbours.bank_before
            when neighbours.side = 'ledger' and directions.direction = 'behind' then neighbours.bank_behind
            when neighbours.side = 'ledger' and directions.direction = 'open_before' then neighbours.open_bank_before
            when neighbours.side = 'ledger' and directions.direction = 'open_behind' then neighbours.open_bank_behind
        end as candidate_number
    from neighbours
    cross join directions
    where not neighbours.is_match_closed

),

candidate_pairs as (

    select
        item_number,
        candidate_number,
        max(case when is_by_reference then 1 else 0 end) = 1 as has_same_reference
    from found
    group by item_number, candidate_number

),

compared as (

    select
        items.item_id,
        candidates.item_id as candidate_item_id,
        candidates.match_id as candidate_match_id,
        candidates.rule_code as candidate_rule_code,
        items.reference,
        candidates.reference as candidate_reference,
        items.counterparty,
        candidates.counterparty as candidate_counterparty,
        items.amount,
        candidates.amount as candidate_amount,
        candidates.item_on as candidate_on,
        case
            when items.side = 'bank' then items.business_day_number - candidates.business_day_number
            else candidates.business_day_number - items.business_day_number
        end as bank_days_after_ledger,
        candidate_pairs.has_same_reference,
        items.amount = candidates.amount as has_same_amount,
        coalesce({{ is_cut_of('items.counterparty_key', 'candidates.counterparty_key') }}, false)
            as has_same_counterparty,
        not candidate_pairs.has_same_reference
        and (
            {{ contradicts('items.', 'candidates.', is_prepared=true) }}
            or {{ names_another('items.', 'candidates.', is_prepared=true) }}
        ) as is_contradicted,
        {{ has_swapped_digits('items.cents', 'candidates.cents', is_prepared=true) }} as has_swapped_digits
    from candidate_pairs
    inner join items
        on candidate_pairs.item_number = items.item_number
    inner join items as candidates
        on candidate_pairs.candidate_number = candidates.item_number
    where
        (items.match_id is distinct from candidates.match_id or items.match_id is null)
        and (
            candidate_pairs.has_same_reference
            or abs(items.business_day_number - candidates.business_day_number) <= {{ var('candidate_days') }}
        )

),

scored as (

    select
        *,
        case when has_same_reference then 50 else 0 end
        + case when has_same_amount then 30 when has_swapped_digits then 15 else 0 end
        + case when has_same_counterparty then 15 else 0 end
        {# What names something else and is open stands behind all of its amount, before what has the name alone. #}
        + case when not is_contradicted then 0 when candidate_match_id is null then -9 else -20 end
        + greatest(5 - abs(bank_days_after_ledger), 0) as score
    from compared

),

ranked as (

    select
        *,
        row_number() over (
            partition by item_id
            order by
                score desc,
                case when candidate_match_id is null then 0 else 1 end asc,
                abs(bank_days_after_ledger) asc,
                candidate_item_id asc
        ) as candidate_rank
    from scored

)

select
    item_id,
    candidate_item_id,
    candidate_match_id,
    candidate_rule_code,
    reference,
    candidate_reference,
    counterparty,
    candidate_counterparty,
    cast(candidate_rank as integer) as candidate_rank,
    cast(score as integer) as score,
    cast(bank_days_after_ledger as integer) as bank_days_after_ledger,
    amount,
    candidate_amount,
    has_same_reference,
    has_same_amount,
    has_same_counterparty,
    is_contradicted,
    has_swapped_digits,
    candidate_on
from ranked
where candidate_rank <= 2
