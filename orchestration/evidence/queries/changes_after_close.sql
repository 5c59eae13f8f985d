-- Items of the month that changed, came late or went after their date was closed.
select
    tampering_kind,
    side,
    item_id,
    item_on,
    closed_on,
    counted_on,
    currency,
    amount_as_closed,
    amount_now,
    amount_moved,
    reference,
    counterparty,
    account_id_now,
    item_on_now,
    file_hash,
    line_number
from marts.fct_tampering
where
    account_id = getvariable('account_id')
    and item_on <= getvariable('as_of')
    and counted_on >= getvariable('month_start')
order by item_on, side, item_id, tampering_kind
