with days as (

    select
        as_of_on,
        sum(open_item_count) as open_count
    from marts.fct_bank_reconciliations
    where
        is_business_day
        and as_of_on > (select max(as_of_on) - 91 from marts.fct_bank_reconciliations)
    group by as_of_on

),

bank_lines as (

    select
        statement_on,
        count(*) as line_count
    from marts.fct_bank_statement_lines
    group by statement_on

)

select
    days.as_of_on as day_on,
    coalesce(bank_lines.line_count, 0) as line_count,
    days.open_count
from days
left join bank_lines
    on days.as_of_on = bank_lines.statement_on
order by days.as_of_on
