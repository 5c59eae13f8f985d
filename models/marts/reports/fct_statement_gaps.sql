with gaps as (

    select * from {{ ref('int_statement_gaps') }}

)

select
    statement_gap_id,
    account_id,
    statement_id_before,
    statement_id_after,
    gap_kind,
    currency,
    business_day_count,
    amount,
    from_on,
    to_on
from gaps
