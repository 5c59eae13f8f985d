{# Per item the two candidates of the other side that come nearest. In each list of items with one reference, one amount
   or one counterparty, an item's candidates are the last one of the other side before it and the first one behind it, so
   the work grows with the items and not with their square. #}
with items as (

    select * from {{ ref('int_items_cleared') }}
    where business_day_number is not null

),

listed as (

    {% for list, key in [
        ('reference', 'reference_key'),
        ('amount', 'cast(amount as string)'),
        ('counterparty', 'counterparty_key'),
    ] -%}
    select
        item_id,
        account_id,
        currency,
        side,
        concat('{{ list }} ', {{ key }}) as list_key,
        business_day_number
    from items
    where {{ key }} is not null
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

numbered as (

    select
        *,
        lpad(
            cast(
                row_number() over (
                    partition by account_id, currency, list_key order by business_day_number, item_id
                ) as string
            ),
            10,
            '0'
        ) as place
    from listed

),

placed as (

    select
        *,
        case when side = 'bank' then concat(place, item_id) end as bank_place,
        case when side = 'ledger' then concat(place, item_id) end as ledger_place
    from numbered

),

neighbours as (

    select
        item_id,
        side,
        max(bank_place) over before_it as bank_before,
        max(ledger_place) over before_it as ledger_before,
        min(bank_place) over behind_it as bank_behind,
        min(ledger_place) over behind_it as ledger_behind
    from placed
    window
        before_it as (
            partition by account_id, currency, list_key order by place rows between unbounded preceding and 1 preceding
        ),
        behind_it as (
            partition by account_id, currency, list_key order by place rows between 1 following and unbounded following
        )

),

directions as (

    select 'before' as direction
    union all
    select 'behind' as direction

),

candidate_pairs as (

    select distinct
        neighbours.item_id,
        substr(
            case
                when neighbours.side = 'bank' and directions.direction = 'before' then neighbours.ledger_before
                when neighbours.side = 'bank' then neighbours.ledger_behind
                when directions.direction = 'before' then neighbours.bank_before
                else neighbours.bank_behind
            end,
            11
        ) as candidate_item_id
    from neighbours
    cross join directions

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
        coalesce(items.reference_key = candidates.reference_key, false) as has_same_reference,
        items.amount = candidates.amount as has_same_amount,
        coalesce({{ is_cut_of('items.counterparty_key', 'candidates.counterparty_key') }}, false)
            as has_same_counterparty,
        {{ contradicts('items.', 'candidates.') }} as is_contradicted,
        {{ has_swapped_digits('items.amount', 'candidates.amount') }} as has_swapped_digits
    from candidate_pairs
    inner join items
        on candidate_pairs.item_id = items.item_id
    inner join items as candidates
        on candidate_pairs.candidate_item_id = candidates.item_id
    where items.match_id is distinct from candidates.match_id or items.match_id is null

),

scored as (

    select
        *,
        case when has_same_reference then 50 else 0 end
        + case when has_same_amount then 30 when has_swapped_digits then 15 else 0 end
        + case when has_same_counterparty then 15 else 0 end
        + case when is_contradicted then -20 else 0 end
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
