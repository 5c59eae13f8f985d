with cheques as (

    select * from {{ ref('stg_documents__cheques') }}

),

cash_letters as (

    select * from {{ ref('stg_documents__cash_letters') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

items as (

    select * from {{ ref('int_items') }}
    where side = 'bank'

),

own_accounts as (

    select
        account_id,
        {{ micr_account('bank_account') }} as account_key
    from accounts

),

{# A deposit is credited in one sum; a cheque that comes back is charged by itself. #}
deposits as (

    select
        cheques.deposit_id,
        cheques.cash_letter_id,
        own_accounts.account_id,
        cheques.kind,
        cash_letters.file_path,
        cheques.bundle_reference,
        cheques.currency,
        max(
            {{ normalized_reference(
                "case when cheques.kind = 'return' then cheques.cheque_number else cheques.bundle_reference end"
            ) }}
        ) as reference_key,
        count(*) as cheque_count,
        cast(
            sum(case when cheques.kind = 'return' then -cheques.amount else cheques.amount end) as decimal(28, 5)
        ) as amount,
        min(
            case
                when cheques.kind = 'return' then cash_letters.business_on
                else coalesce(cheques.deposited_on, cash_letters.business_on)
            end
        ) as deposited_on
    from cheques
    inner join cash_letters
        on cheques.cash_letter_id = cash_letters.cash_letter_id
    inner join own_accounts
        on {{ micr_account('cheques.deposit_account') }} = own_accounts.account_key
    group by
        cheques.deposit_id,
        cheques.cash_letter_id,
        own_accounts.account_id,
        cheques.kind,
        cash_letters.file_path,
        cheques.bundle_reference,
        cheques.currency

),

agreeing as (

    select
        deposits.deposit_id,
        items.item_id
    from deposits
    inner join items
        on
            deposits.account_id = items.account_id
            and deposits.amount = items.amount
    union
    select
        deposits.deposit_id,
        items.item_id
    from deposits
    inner join items
        on
            deposits.account_id = items.account_id
            and deposits.reference_key = items.reference_key
            and sign(deposits.amount) = sign(items.amount)

),

candidates as (

    select
        agreeing.deposit_id,
        agreeing.item_id,
        case when deposits.reference_key = items.reference_key then 1 else 0 end as is_named,
        {{ days_between('deposits.deposited_on', 'items.item_on') }} as day_count,
        dense_rank() over (
            partition by deposits.account_id, deposits.amount, deposits.deposited_on
            order by deposits.deposit_id
        ) as deposit_place,
        dense_rank() over (
            partition by items.account_id, items.amount, items.item_on
            order by items.item_id
        ) as item_place
    from agreeing
    inner join deposits
        on agreeing.deposit_id = deposits.deposit_id
    inner join items
        on agreeing.item_id = items.item_id
    where {{ days_between('deposits.deposited_on', 'items.item_on') }} between 0 and {{ var('deposit_days') }}

),

{# A line that names a deposit is no other's. #}
possible as (

    select * from (
        select
            *,
            max(is_named) over (partition by deposit_id) as is_deposit_named,
            max(is_named) over (partition by item_id) as is_item_named
        from candidates
    ) as compared
    where is_named = 1 or (is_deposit_named = 0 and is_item_named = 0)

),

nearest as (

    select
        deposit_id,
        item_id,
        row_number() over (
            partition by deposit_id order by day_count, abs(deposit_place - item_place), item_id
        ) as place_of_item,
        row_number() over (
            partition by item_id order by day_count, abs(deposit_place - item_place), deposit_id
        ) as place_of_deposit
    from possible

),

tied as (

    select
        nearest.deposit_id,
        items.item_id,
        items.amount,
        items.item_on
    from nearest
    inner join items
        on nearest.item_id = items.item_id
    where
        nearest.place_of_item = 1
        and nearest.place_of_deposit = 1

)

select
    deposits.deposit_id,
    deposits.cash_letter_id,
    deposits.account_id,
    tied.item_id as bank_item_id,
    deposits.kind,
    case
        when tied.item_id is null then 'not_on_statement'
        when tied.amount <> deposits.amount then 'in_question'
        else 'proved'
    end as status,
    deposits.file_path,
    deposits.bundle_reference,
    deposits.currency,
    deposits.cheque_count,
    deposits.amount,
    tied.amount as credited_amount,
    deposits.deposited_on,
    tied.item_on as credited_on
from deposits
left join tied
    on deposits.deposit_id = tied.deposit_id
