with latest as (

    select *
    from marts.fct_bank_reconciliations
    qualify row_number() over (partition by account_id order by as_of_on desc) = 1

)

select
    currency,
    count(*) as account_count,
    count(*) filter (where difference <> 0) as different_count,
    count(*) filter (where difference = 0 and statement_gaps <> 0) as gap_count,
    sum(balance_per_bank) as balance_per_bank,
    sum(balance_per_books) as balance_per_books,
    sum(difference) as difference,
    sum(statement_gaps) as statement_gaps,
    sum(open_item_count) as open_item_count
from latest
group by currency
order by currency
