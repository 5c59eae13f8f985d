with pairs as (

    select * from {{ ref('int_suggestion_pairs') }}

),

groups as (

    select * from {{ ref('int_suggestion_groups') }}

),

items as (

    select * from {{ ref('int_suggestion_items') }}

),

grouped_items as (

    select target_id as item_id from {{ ref('int_suggestion_groups') }}
    union
    select item_id from {{ ref('int_suggestion_groups') }}

)

select
    pairs.suggestion_id,
    pairs.bank_item_id,
    pairs.ledger_item_id,
    pairs.account_id,
    pairs.currency,
    '1:1' as cardinality,
    pairs.evidence_for,
    pairs.evidence_against,
    pairs.days_after_ledger,
    pairs.probability,
    pairs.runner_up_probability,
    pairs.match_weight,
    pairs.amount_difference
from pairs
{% for side in ['bank', 'ledger'] -%}
left join grouped_items as grouped_{{ side }}_items
    on pairs.{{ side }}_item_id = grouped_{{ side }}_items.item_id
{% endfor -%}
where
    grouped_bank_items.item_id is null
    and grouped_ledger_items.item_id is null
union all
select
    {{ surrogate_key(["'suggestion'", 'groups.target_id']) }} as suggestion_id,
    case when groups.target_side = 'bank' then groups.target_id else groups.item_id end as bank_item_id,
    case when groups.target_side = 'bank' then groups.item_id else groups.target_id end as ledger_item_id,
    items.account_id,
    items.currency,
    case when groups.target_side = 'bank' then '1:n' else 'n:1' end as cardinality,
    groups.evidence as evidence_for,
    '' as evidence_against,
    groups.days_after_ledger,
    groups.probability,
    groups.runner_up_probability,
    cast(null as decimal(9, 3)) as match_weight,
    cast(0 as decimal(28, 5)) as amount_difference
from groups
inner join items
    on groups.item_id = items.item_id
