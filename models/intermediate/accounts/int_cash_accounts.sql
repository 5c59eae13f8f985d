select
    name_id as gl_account,
    account_id
from {{ ref('int_account_ids') }}
where named_by = 'ledger_account'
