with statements as (

    select * from {{ ref('int_bank_statements_linked') }}
    where
        disposition = 'kept'
        and closing_balance is not null

),

numbered as (

    select
        *,
        row_number() over (
            partition by account_id, closing_on
            order by
                is_continued asc,
                coalesce(sequence_number, 0) desc,
                coalesce(page_number, 0) desc,
                first_covered_on desc,
                load_id desc,
                file_hash asc,
                statement_number desc
        ) as statement_order
    from statements

)

select
    account_id,
    statement_id,
    file_hash,
    currency,
    line_number,
    closing_balance,
    closing_on
from numbered
where statement_order = 1
