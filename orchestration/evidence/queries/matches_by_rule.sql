-- What each rule, and what people, matched in the month.
with made as (

    select
        subject_id,
        max(reason) as rule_name
    from marts.fct_audit_trail
    where
        event_kind = 'match_made'
        and actor_kind = 'rule'
    group by subject_id

)

select
    matches.rule_code,
    max(made.rule_name) as rule_name,
    count(*) as match_count,
    sum(matches.bank_item_count) as bank_item_count,
    sum(matches.ledger_item_count) as ledger_item_count,
    sum(matches.bank_amount) as bank_amount,
    sum(matches.ledger_amount) as ledger_amount,
    sum(matches.difference) as difference,
    count(*) filter (where matches.difference <> 0) as with_difference_count
from account_matches as matches
left join made
    on matches.match_id = made.subject_id
group by matches.rule_code
order by matches.rule_code
