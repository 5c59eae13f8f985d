with {{ keyed_items(
    rule_code='reference_group',
    passes=['int_items_matched_by_reference', 'int_items_matched_by_memo_reference'],
    bank_key='reference_key',
    ledger_key='reference_key'
) }},

totals as (

    select
        account_id,
        currency,
        match_key,
        run_number,
        rule_code,
        min(item_id) as first_item_id
    from keyed_items
    group by account_id, currency, match_key, run_number, rule_code
    having
        sum(case when side = 'bank' then amount else -amount end) = 0
        and least(
            sum(case when side = 'bank' then 1 else 0 end),
            sum(case when side = 'ledger' then 1 else 0 end)
        ) = 1

)

select
    keyed_items.item_id,
    {{ surrogate_key(['totals.rule_code', 'totals.match_key', 'totals.first_item_id']) }} as match_id,
    totals.rule_code
from keyed_items
inner join totals
    on
        keyed_items.account_id = totals.account_id
        and keyed_items.currency = totals.currency
        and keyed_items.match_key = totals.match_key
        and keyed_items.run_number = totals.run_number
