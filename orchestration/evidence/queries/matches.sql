-- The matches of the month. What agreed and how many like it chance would put as near stand at each member.
select
    matches.rule_code,
    matches.match_id,
    matches.cleared_on,
    matches.cardinality,
    matches.bank_item_count,
    matches.ledger_item_count,
    matches.currency,
    matches.bank_amount,
    matches.ledger_amount,
    matches.difference,
    matches.difference_kind,
    matches.bank_on,
    matches.posted_on,
    matches.is_closed
from account_matches as matches
order by matches.rule_code asc, abs(matches.bank_amount) desc, matches.match_id asc
