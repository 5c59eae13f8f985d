with statements as (

    select * from {{ ref('int_bank_statements_linked') }}
    where disposition = 'kept'

),

numbered as (

    select
        *,
        row_number() over (
            partition by account_id
            order by
                first_covered_on,
                is_continuing,
                last_covered_on,
                coalesce(sequence_number, 0),
                coalesce(page_number, 0),
                load_id,
                file_hash,
                statement_number
        ) as statement_order
    from statements

)

select
    account_id,
    statement_id,
    file_hash,
    currency,
    line_number,
    coalesce(opening_balance, closing_balance - movements) as opening_balance,
    opening_balance is not null as is_delivered,
    first_covered_on as opening_on
from numbered
where
    statement_order = 1
    and coalesce(opening_balance, closing_balance) is not null
