select
    name_id as cash_account,
    gl_account,
    account_id
from {{ ref('int_account_ids') }}
where named_by = 'ledger_account'
