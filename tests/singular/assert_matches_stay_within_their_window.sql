{{ config(group='reconciliation') }}
-- A rule joins items no farther apart than its window of business days. A decision has no window, and a match of a
-- closed date stands as it was made, whatever the rules say today.
{{ config(meta={'dagster': {'ref': {'name': 'fct_matches'}}}) }}

with items as (

    select
        cleared.match_id,
        cleared.rule_code,
        min(case when cleared.side = 'bank' then cleared.business_day_number end) as bank_day,
        min(case when cleared.side = 'ledger' then cleared.business_day_number end) as ledger_day
    from {{ ref('int_items_cleared') }} as cleared
    where
        cleared.rule_code not in ('decision', 'withdrawn')
        and not cleared.is_match_closed
    group by cleared.match_id, cleared.rule_code

)

select items.*
from items
inner join {{ ref('match_rules') }} as rules
    on items.rule_code = rules.rule_code
inner join {{ ref('fct_matches') }} as matches
    on items.match_id = matches.match_id
where
    matches.cardinality = '1:1'
    and coalesce(
        items.bank_day - items.ledger_day
        not between -rules.bank_days_before_ledger and rules.bank_days_after_ledger,
        true
    )
