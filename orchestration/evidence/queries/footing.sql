-- The open items listed, added up, against what the closing statement says of them.
with listed as (

    select
        coalesce(sum(amount) filter (where side = 'ledger' and amount > 0), 0) as deposits_in_transit,
        coalesce(sum(amount) filter (where side = 'ledger' and amount <= 0), 0) as outstanding_payments,
        coalesce(
            sum(amount) filter (where side = 'bank' and item_kind not in ('opening_balance', 'statement_gap')), 0
        ) as unbooked_bank_items,
        coalesce(sum(amount) filter (where side = 'bank' and item_kind = 'opening_balance'), 0)
            as unbooked_opening_balance,
        coalesce(sum(amount) filter (where side = 'bank' and item_kind = 'statement_gap'), 0) as statement_gaps,
        count(*) as open_item_count
    from account_items
    where was_open

),

stated as (

    select *
    from marts.fct_bank_reconciliations
    where
        account_id = getvariable('account_id')
        and as_of_on <= getvariable('as_of')
    order by as_of_on desc
    limit 1

),

compared as (

    select
        unnest([
            {
                'part': 'deposits in transit',
                'stated': stated.deposits_in_transit,
                'listed': listed.deposits_in_transit
            },
            {
                'part': 'outstanding payments',
                'stated': stated.outstanding_payments,
                'listed': listed.outstanding_payments
            },
            {
                'part': 'bank items not in the books',
                'stated': stated.unbooked_bank_items,
                'listed': listed.unbooked_bank_items
            },
            {
                'part': 'opening balance not in the books',
                'stated': stated.unbooked_opening_balance,
                'listed': listed.unbooked_opening_balance
            },
            {
                'part': 'statement gaps',
                'stated': stated.statement_gaps,
                'listed': listed.statement_gaps
            },
            {
                'part': 'open items',
                'stated': stated.open_item_count,
                'listed': listed.open_item_count
            }
        ], recursive := true)
    from stated
    cross join listed

)

select
    part,
    stated,
    listed,
    stated - listed as difference
from compared
