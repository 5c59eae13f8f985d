select
    accounts.account_name,
    tampering.account_id,
    tampering.side,
    tampering.tampering_kind,
    nullif(tampering.account_id_now, tampering.account_id) as account_id_now,
    nullif(tampering.item_on_now, tampering.item_on) as item_on_now,
    tampering.currency,
    tampering.reference,
    tampering.counterparty,
    tampering.amount_as_closed,
    tampering.amount_now,
    tampering.amount_moved,
    tampering.item_on,
    tampering.closed_on,
    tampering.counted_on,
    count(*) over () as total_count
from marts.fct_tampering as tampering
left join marts.dim_accounts as accounts
    on tampering.account_id = accounts.account_id
order by tampering.counted_on desc, abs(tampering.amount_moved) desc, tampering.item_id
limit 20
