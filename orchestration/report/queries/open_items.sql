select
    accounts.account_name,
    items.account_id,
    items.item_id,
    items.side,
    items.currency,
    items.amount,
    items.item_on,
    items.age,
    items.is_break,
    items.expected_by_on,
    items.counterparty,
    items.reference,
    items.memo,
    explanations.explanation,
    count(*) over (partition by items.currency) as total_count
from marts.fct_reconciliation_items as items
left join marts.fct_match_explanations as explanations
    on items.item_id = explanations.item_id
left join marts.dim_accounts as accounts
    on items.account_id = accounts.account_id
where items.status = 'open'
qualify row_number() over (partition by items.currency order by abs(items.amount) desc, items.item_id) <= 10
order by items.currency, abs(items.amount) desc, items.item_id
