select replaced.statement_id
from marts.fct_bank_statements as replaced
inner join marts.fct_bank_statements as standing
    on
        replaced.account_id = standing.account_id
        and replaced.currency = standing.currency
        and replaced.statement_id <> standing.statement_id
where
    replaced.statement_id = $replaced
    and standing.statement_id = $standing
