{{ config(meta={'dagster': {'ref': {'name': 'fct_matches'}}}) }}
-- A match may leave a difference only under a name, and then an item of that amount stands for it. Anything else would
-- lose money between the sides.
select
    matches.match_id,
    matches.rule_code,
    matches.difference_kind,
    matches.difference,
    differences.amount
from {{ ref('fct_matches') }} as matches
left join {{ ref('fct_reconciliation_items') }} as differences
    on {{ match_difference_id('matches.match_id') }} = differences.item_id
where
    matches.difference is distinct from coalesce(differences.amount, 0)
    or (matches.difference <> 0 and matches.difference_kind is null)
