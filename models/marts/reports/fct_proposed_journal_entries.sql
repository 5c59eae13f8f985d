{# What the books lack of the bank is booked as the bank has it; what a person wrote off of the books' side is taken
   back. An entry is never dated into a closed date. #}
with items as (

    select * from {{ ref('int_items_cleared') }}
    where match_id is null

),

explanations as (

    select * from {{ ref('fct_match_explanations') }}

),

differences as (

    select distinct
        {{ match_difference_id('match_id') }} as item_id,
        difference_kind
    from {{ ref('int_items_matched') }}
    where
        is_standing
        and difference_kind is not null

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

proposed_accounts as (

    select * from {{ ref('proposed_accounts') }}

),

purposes as (

    select
        items.*,
        case
            when explanations.failed_condition = 'written_off' then 'write_off'
            when explanations.failed_condition = 'match_difference' then differences.difference_kind
            when items.side = 'bank' then explanations.failed_condition
        end as purpose,
        case when items.side = 'bank' then items.amount else -items.amount end as cash_amount,
        greatest(items.counted_on, coalesce(first_open_date.first_open_on, items.counted_on)) as posting_on
    from items
    inner join explanations
        on items.item_id = explanations.item_id
    left join differences
        on items.item_id = differences.item_id
    cross join first_open_date
    where
        explanations.failed_condition
        in ('written_off', 'match_difference', 'bank_charge', 'bank_interest', 'own_transfer')

),

entries as (

    select
        purposes.item_id,
        purposes.account_id,
        purposes.purpose,
        purposes.currency,
        purposes.reference,
        concat(
            case purposes.purpose
                when 'bank_charge' then 'Bank charge'
                when 'bank_interest' then 'Bank interest'
                when 'own_transfer' then 'Transfer between own accounts'
                when 'fee' then 'Fee kept back from a payment'
                when 'presumed_fee' then 'Fee presumed in a payment'
                when 'rounding' then 'Cents of a payment'
                when 'short_payment' then 'Payment received short'
                when 'exchange_difference' then 'Exchange difference'
                when 'write_off' then 'Write-off'
                else 'Difference that a person accepted'
            end,
            ' of ',
            cast(purposes.item_on as string),
            case
                when purposes.item_kind = 'match_difference' then coalesce(': ' || purposes.counterparty, '')
                else coalesce(': ' || purposes.memo, '')
            end
        ) as memo,
        purposes.cash_amount,
        accounts.gl_account as cash_account,
        coalesce(of_currency.gl_account, of_any.gl_account) as counter_account,
        purposes.posting_on
    from purposes
    left join accounts
        on purposes.account_id = accounts.account_id
    left join proposed_accounts as of_currency
        on
            purposes.purpose = of_currency.purpose
            and purposes.currency = of_currency.currency
    left join proposed_accounts as of_any
        on
            purposes.purpose = of_any.purpose
            and of_any.currency = '*'
    where
        purposes.purpose is not null
        and purposes.purpose not in ('opening_difference', 'digits_exchanged')
        and purposes.cash_amount <> 0

),

places as (

    select true as is_cash
    union all
    select false as is_cash

),

entry_lines as (

    select
        {{ surrogate_key(["'proposed_entry'", 'entries.item_id']) }} as proposed_entry_id,
        entries.*,
        case
            when places.is_cash then entries.cash_account
            else entries.counter_account
        end as gl_account,
        case
            when places.is_cash and entries.cash_account is null then 'No ledger account names this bank account'
            when not places.is_cash and entries.counter_account is null
                then concat('proposed_accounts has no account for ', entries.purpose, ' in ', entries.currency)
        end as missing_account,
        case when places.is_cash then entries.cash_amount else -entries.cash_amount end as amount
    from entries
    cross join places

)

select
    proposed_entry_id,
    item_id,
    account_id,
    case when amount > 0 then 'debit' else 'credit' end as entry_side,
    purpose,
    gl_account,
    missing_account,
    currency,
    reference,
    memo,
    cast(greatest(amount, 0) as decimal(28, 5)) as debit,
    cast(greatest(-amount, 0) as decimal(28, 5)) as credit,
    cast(amount as decimal(28, 5)) as amount,
    posting_on
from entry_lines
