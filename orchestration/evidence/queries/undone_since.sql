-- Items that were matched at the end of the month and are not any more, because a decision undid their match since.
select
    items.side,
    items.item_id,
    items.item_on,
    items.currency,
    items.amount,
    items.reference,
    matched.match_id,
    matched.rule_code,
    matched.cleared_on,
    matched.undone_on
from intermediate.int_items_matched as matched
inner join account_items as items
    on matched.item_id = items.item_id
where
    items.was_open
    and matched.cleared_on <= getvariable('as_of')
    and matched.undone_on > getvariable('as_of')
order by items.side, items.item_on, items.amount, items.item_id
