with entries as (

    select * from {{ ref('int_journal_entries_proposed') }}

)

select
    proposed_entry_id,
    item_id,
    account_id,
    entry_side,
    purpose,
    gl_account,
    missing_account,
    currency,
    reference,
    memo,
    debit,
    credit,
    amount,
    posting_on
from entries
