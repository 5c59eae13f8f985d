select
    accounts.account_name,
    gaps.account_id,
    gaps.gap_kind,
    gaps.currency,
    gaps.business_day_count,
    gaps.amount,
    gaps.from_on,
    gaps.to_on,
    count(*) over () as total_count
from marts.fct_statement_gaps as gaps
left join marts.dim_accounts as accounts
    on gaps.account_id = accounts.account_id
order by gaps.to_on desc, gaps.account_id, gaps.statement_gap_id
limit 20
