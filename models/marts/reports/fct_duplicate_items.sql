with duplicates as (

    select * from {{ ref('int_items_duplicated') }}

)

select
    item_id,
    first_item_id,
    account_id,
    first_match_id,
    decision_id,
    side,
    currency,
    reference,
    first_reference,
    counterparty,
    first_counterparty,
    memo,
    first_memo,
    file_hash,
    first_file_hash,
    line_number,
    first_line_number,
    amount,
    is_marked,
    item_on,
    first_item_on
from duplicates
