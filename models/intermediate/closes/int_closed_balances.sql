select
    balances.close_id,
    balances.account_id,
    balances.currency,
    balances.open_item_count,
    balances.balance_per_bank,
    balances.deposits_in_transit,
    balances.outstanding_payments,
    balances.unbooked_bank_items,
    balances.unbooked_opening_balance,
    balances.statement_gaps,
    balances.balance_per_books,
    balances.as_of_on
from {{ ref('stg_closes__balances') }} as balances
inner join {{ ref('int_closes_valid') }} as closes
    on balances.close_id = closes.close_id
{%- if given_business_date() %}
where balances.as_of_on <= {{ business_date() }}
{%- endif %}
