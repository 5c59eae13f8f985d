with as_of as (

    select
        max(as_of_on) as as_of_on,
        cast(date_trunc('week', max(as_of_on)) as date) as week_on
    from marts.fct_bank_reconciliations

)

select
    statistics.period_start_on as week_on,
    sum(statistics.item_count) as item_count,
    sum(statistics.matched_item_count) as matched_count,
    sum(statistics.item_count) - sum(statistics.matched_item_count) as open_count,
    sum(statistics.break_count) as break_count,
    cast(100 * sum(statistics.matched_item_count) / sum(statistics.item_count) as decimal(9, 2)) as match_percent
from marts.fct_match_statistics as statistics
cross join as_of
where
    statistics.rule_code = 'all'
    and statistics.period_grain = 'week'
    and statistics.period_start_on > as_of.as_of_on - 91
    -- A week that is not over would be compared with whole ones.
    and (statistics.period_start_on < as_of.week_on or as_of.as_of_on >= as_of.week_on + 4)
group by statistics.period_start_on
having sum(statistics.item_count) > 0
order by statistics.period_start_on
