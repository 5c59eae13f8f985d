select
    period_start_on as week_on,
    sum(item_count) as item_count,
    sum(matched_item_count) as matched_count,
    sum(item_count) - sum(matched_item_count) as open_count,
    sum(break_count) as break_count,
    cast(100 * sum(matched_item_count) / sum(item_count) as decimal(9, 2)) as match_percent
from marts.fct_match_statistics
where
    rule_code = 'all'
    and period_grain = 'week'
    and period_start_on > (select max(as_of_on) - 91 from marts.fct_bank_reconciliations)
group by period_start_on
having sum(item_count) > 0
order by period_start_on
