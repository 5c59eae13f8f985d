{# The bank agrees with the books, and what people did holds: closed or open, changed or late, what counts adds up to
   what is delivered, what was closed is what it was, and every decision is in force. #}
with closed_items as (

    select * from {{ ref('int_closed_items') }}

),

closed_differences as (

    select item_id from closed_items
    where item_kind = 'match_difference'

),

items as (

    select counted.*
    from {{ ref('int_items_counted') }} as counted
    left join closed_differences
        on counted.origin_item_id = closed_differences.item_id
    where closed_differences.item_id is null

),

source_items as (

    select * from {{ ref('int_reconciliation_items') }}
    {%- if given_business_date() %}
    where
        item_on <= {{ business_date() }}
        or item_id in (select item_id from closed_items where counted_on <= {{ business_date() }})
    {%- endif %}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

counted_totals as (

    select
        concat(side, ' ', account_id) as scope,
        max(currency) as currency,
        sum(amount) as amount
    from items
    group by side, account_id

),

source_totals as (

    select
        concat(side, ' ', account_id) as scope,
        max(currency) as currency,
        sum(amount) as amount
    from source_items
    group by side, account_id

),

closed_balances as (

    select * from {{ ref('int_closed_balances') }}

),

decisions as (

    select * from {{ ref('fct_decisions') }}

),

reconciliations as (

    select * from {{ ref('fct_bank_reconciliations') }}

)

select
    'items_to_counted' as control_code,
    coalesce(source_totals.scope, counted_totals.scope) as scope,
    'amount' as measure,
    coalesce(source_totals.currency, counted_totals.currency) as currency,
    'Items delivered against items frozen, changed since and new' as explanation,
    cast(coalesce(source_totals.amount, 0) as decimal(28, 5)) as expected,
    cast(coalesce(counted_totals.amount, 0) as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from source_totals
full outer join counted_totals
    on source_totals.scope = counted_totals.scope
cross join as_of_date
union all
select
    'closed_balance' as control_code,
    closed_balances.account_id as scope,
    'balance per books' as measure,
    closed_balances.currency,
    'Balance per books as it was closed against the same as it is computed now' as explanation,
    closed_balances.balance_per_books as expected,
    reconciliations.balance_per_books as actual,
    closed_balances.as_of_on as business_date
from closed_balances
left join reconciliations
    on
        closed_balances.account_id = reconciliations.account_id
        and closed_balances.as_of_on = reconciliations.as_of_on
union all
select
    'closed_balance' as control_code,
    closed_balances.account_id as scope,
    'open items' as measure,
    cast(null as string) as currency,
    'Open items as they were closed against the same as they are computed now' as explanation,
    cast(closed_balances.open_item_count as decimal(28, 5)) as expected,
    cast(reconciliations.open_item_count as decimal(28, 5)) as actual,
    closed_balances.as_of_on as business_date
from closed_balances
left join reconciliations
    on
        closed_balances.account_id = reconciliations.account_id
        and closed_balances.as_of_on = reconciliations.as_of_on
union all
select
    'bank_reconciliation' as control_code,
    account_id as scope,
    'amount' as measure,
    currency,
    'Balance per bank adjusted for open items against balance per books' as explanation,
    balance_per_books as expected,
    cast(balance_per_books + difference as decimal(28, 5)) as actual,
    as_of_on as business_date
from reconciliations
union all
select
    'decision_applied' as control_code,
    concat('decision ', decisions.decision_id) as scope,
    'decisions' as measure,
    cast(null as string) as currency,
    case
        when decisions.outcome not in ('stale', 'refused') and decisions.other_content_count > 0
            then 'The same decision id was delivered again with other contents, which are refused: the first stands'
        else decisions.outcome_reason
    end as explanation,
    cast(1 as decimal(28, 5)) as expected,
    cast(
        case when decisions.outcome in ('stale', 'refused') or decisions.other_content_count > 0 then 0 else 1 end
        as decimal(28, 5)
    ) as actual,
    as_of_date.as_of_on as business_date
from decisions
cross join as_of_date
