select
    counterparty,
    currency,
    count(*) as item_count,
    -sum(amount) as amount,
    sum(case when is_proposed then 1 else 0 end) as proposed_count,
    sum(case when is_overdue then 1 else 0 end) as overdue_count,
    max(missing_days) as missing_days,
    min(item_on) as item_on,
    count(*) over () as total_count
from documents.fct_missing_documents
group by counterparty, currency
order by overdue_count desc, amount desc, counterparty
limit 15
