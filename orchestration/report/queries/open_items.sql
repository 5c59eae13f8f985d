select
    accounts.account_name,
    items.account_id,
    items.item_id,
    items.side,
    items.currency,
    items.amount,
    items.item_on,
    items.age,
    items.age_bucket,
    items.is_break,
    items.expected_by_on,
    items.counterparty,
    items.reference,
    items.memo,
    explanations.explanation,
    count(*) over (partition by items.account_id, items.currency) as account_count,
    sum(items.amount) over (partition by items.account_id, items.currency) as account_amount,
    count(*) over () as total_count
from marts.fct_reconciliation_items as items
left join marts.fct_match_explanations as explanations
    on items.item_id = explanations.item_id
left join marts.dim_accounts as accounts
    on items.account_id = accounts.account_id
where items.status in ('open', 'unmatched')
qualify row_number() over (order by items.is_break desc, abs(items.amount) desc, items.item_id) <= 300
order by
    accounts.account_name,
    items.account_id,
    items.currency,
    items.is_break desc,
    items.age desc,
    abs(items.amount) desc,
    items.item_id
