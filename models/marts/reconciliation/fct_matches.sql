with items as (

    select * from {{ ref('int_items_cleared') }}
    where match_id is not null

),

matches as (

    select
        match_id,
        account_id,
        rule_code,
        max(difference_kind) as difference_kind,
        currency,
        is_match_closed,
        sum(case when side = 'bank' then 1 else 0 end) as bank_item_count,
        sum(case when side = 'ledger' then 1 else 0 end) as ledger_item_count,
        sum(case when side = 'bank' then amount else 0 end) as bank_amount,
        sum(case when side = 'ledger' then amount else 0 end) as ledger_amount,
        min(case when side = 'bank' then item_on end) as bank_on,
        min(case when side = 'ledger' then item_on end) as posted_on,
        max(cleared_on) as cleared_on
    from items
    group by match_id, account_id, rule_code, currency, is_match_closed

)

select
    match_id,
    account_id,
    rule_code,
    difference_kind,
    currency,
    concat(
        case when bank_item_count > 1 then 'n' else cast(bank_item_count as string) end,
        ':',
        case when ledger_item_count > 1 then 'n' else cast(ledger_item_count as string) end
    ) as cardinality,
    cast(bank_item_count as integer) as bank_item_count,
    cast(ledger_item_count as integer) as ledger_item_count,
    cast(bank_amount as decimal(28, 5)) as bank_amount,
    cast(ledger_amount as decimal(28, 5)) as ledger_amount,
    cast(bank_amount - ledger_amount as decimal(28, 5)) as difference,
    is_match_closed as is_closed,
    bank_on,
    posted_on,
    cleared_on
from matches
