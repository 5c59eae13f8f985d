with cheques as (

    select * from {{ ref('stg_documents__cheques') }}

),

cash_letters as (

    select * from {{ ref('stg_documents__cash_letters') }}

),

cheque_images as (

    select * from {{ ref('stg_documents__cheque_images') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

items as (

    select * from {{ ref('int_items') }}
    where position('CHEQUE' in reference_words) > 0

),

deposits as (

    select * from {{ ref('fct_cheque_deposits') }}

),

cheque_ranges as (

    select * from {{ ref('cheque_ranges') }}

),

pictures as (

    select
        cheque_id,
        max(case when side = 'front' and fault is null then 1 else 0 end) = 1 as has_front,
        max(case when side = 'rear' and fault is null then 1 else 0 end) = 1 as has_rear,
        min(side || ' ' || fault) as fault,
        max(case when side = 'front' then thumbnail end) as thumbnail
    from cheque_images
    group by cheque_id

),

own_accounts as (

    select
        account_id,
        {{ micr_account('bank_account') }} as account_key
    from accounts

),

{# Each cheque once more whenever it is presented, unless it went back before. #}
presented as (

    select
        cheques.*,
        own_accounts.account_id,
        cash_letters.file_path,
        cash_letters.business_on as presented_on,
        sum(case when cheques.kind = 'cheque' then 1 else 0 end) over (
            partition by cheques.payor_routing, cheques.account_number, cheques.cheque_number
            order by cash_letters.business_on, cheques.cheque_id
            rows between unbounded preceding and current row
        ) as presentment_number,
        sum(case when cheques.kind = 'return' then 1 else 0 end) over (
            partition by cheques.payor_routing, cheques.account_number, cheques.cheque_number
            order by cash_letters.business_on, cheques.cheque_id
            rows between unbounded preceding and current row
        ) as return_count,
        {# The last one, behind its day, which has ten characters. #}
        substring(
            max(
                case
                    when cheques.kind = 'cheque'
                        then cast(cash_letters.business_on as string) || cheques.cheque_id
                end
            ) over (
                partition by cheques.payor_routing, cheques.account_number, cheques.cheque_number
                order by cash_letters.business_on, cheques.cheque_id
                rows between unbounded preceding and current row
            ),
            11
        ) as presented_cheque_id
    from cheques
    inner join cash_letters
        on cheques.cash_letter_id = cash_letters.cash_letter_id
    left join own_accounts
        on {{ micr_account('cheques.account_number') }} = own_accounts.account_key

),

words as (

    select
        item_id,
        account_id,
        side,
        counterparty,
        amount,
        item_on,
        {{ each_word('reference_words') }} as word
    from items

),

named as (

    select distinct
        item_id,
        account_id,
        side,
        counterparty,
        {{ normalized_reference("replace(word, 'CHEQUE', '')") }} as cheque_number,
        -amount as amount,
        item_on
    from words
    where
        position('CHEQUE' in word) = 1

),

bank_lines as (

    select
        *,
        {# What the statement gives back is a return. #}
        case when amount > 0 then 'cheque' else 'return' end as kind,
        row_number() over (
            partition by account_id, cheque_number, amount > 0 order by item_on, item_id
        ) as line_place
    from named
    where side = 'bank'

),

{# Of several entries with one number the one that agrees, else the last one before the cheque came. #}
registered as (

    select
        presented.cheque_id,
        named.item_id,
        named.counterparty,
        named.amount,
        named.item_on,
        row_number() over (
            partition by presented.cheque_id
            order by
                case when named.amount = presented.amount then 0 else 1 end,
                case when named.item_on <= presented.presented_on then 0 else 1 end,
                named.item_on desc,
                named.item_id asc
        ) as place
    from presented
    inner join named
        on
            presented.account_id = named.account_id
            and presented.cheque_number = named.cheque_number
    where
        named.side = 'ledger'
        and named.amount > 0

),

ranged as (

    select
        presented.cheque_id,
        max(
            case
                when
                    cast(presented.cheque_number as decimal(28, 0)) >= cheque_ranges.first_number
                    and cast(presented.cheque_number as decimal(28, 0)) < cheque_ranges.before_number
                    and presented.presented_on >= cheque_ranges.effective_on
                    then 1
                else 0
            end
        ) = 1 as is_within
    from presented
    inner join cheque_ranges
        on presented.account_id = cheque_ranges.account_id
    where {{ regexp_is_found('presented.cheque_number', '^[0-9]{1,18}$') }}
    group by presented.cheque_id

),

compared as (

    select
        presented.*,
        coalesce(bank_lines.item_id, deposits.bank_item_id) as bank_item_id,
        deposits.status as deposit_status,
        registered.item_id as ledger_item_id,
        registered.counterparty,
        pictures.fault,
        pictures.thumbnail,
        case
            when presented.kind = 'return' then -coalesce(bank_lines.amount, deposits.credited_amount)
            else bank_lines.amount
        end as paid_amount,
        registered.amount as issued_amount,
        coalesce(pictures.has_front, false) as has_front,
        coalesce(pictures.has_rear, false) as has_rear,
        presented.kind = 'cheque' and presented.account_id is not null as is_own,
        presented.presentment_number > 1 + presented.return_count as is_again,
        coalesce(not ranged.is_within, false) as is_outside,
        registered.item_on as issued_on,
        coalesce(bank_lines.item_on, deposits.credited_on) as paid_on
    from presented
    left join bank_lines
        on
            presented.account_id = bank_lines.account_id
            and presented.cheque_number = bank_lines.cheque_number
            and presented.kind = bank_lines.kind
            and case
                when presented.kind = 'return' then presented.return_count
                else presented.presentment_number
            end = bank_lines.line_place
    left join deposits
        on
            presented.deposit_id = deposits.deposit_id
            and presented.account_id is null
    left join registered
        on
            presented.cheque_id = registered.cheque_id
            and registered.place = 1
    left join ranged
        on presented.cheque_id = ranged.cheque_id
    left join pictures
        on presented.cheque_id = pictures.cheque_id

),

judged as (

    select
        *,
        is_own and is_again and cheque_number is not null as is_duplicate,
        is_own and ledger_item_id is null as is_unissued,
        is_own and ledger_item_id is not null and coalesce(issued_amount <> amount, true) as is_altered,
        is_own and bank_item_id is not null and coalesce(paid_amount <> amount, true) as is_paid_otherwise,
        is_own and is_outside as is_out_of_range,
        is_own
        and coalesce(
            {{ days_between('issued_on', 'presented_on') }} > {{ var('stale_cheque_days') }}, false
        ) as is_stale
    from compared

)

select
    cheque_id,
    cash_letter_id,
    deposit_id,
    case when kind = 'return' then presented_cheque_id end as presented_cheque_id,
    account_id,
    bank_item_id,
    ledger_item_id,
    kind,
    case
        when kind = 'return' then 'returned'
        when deposit_status = 'proved' then 'deposited'
        when deposit_status is not null then deposit_status
        when not is_own then 'of_others'
        when is_duplicate or is_unissued or is_altered or is_paid_otherwise or is_out_of_range or is_stale
            then 'in_question'
        when bank_item_id is null then 'not_on_statement'
        else 'proved'
    end as status,
    file_path,
    file_hash,
    payor_routing,
    account_number,
    cheque_number,
    payee,
    counterparty,
    return_reason,
    fault,
    thumbnail,
    currency,
    line_number,
    endorsement_count,
    cast(presentment_number as bigint) as presentment_number,
    amount,
    paid_amount,
    issued_amount,
    has_front,
    has_rear,
    is_duplicate,
    is_unissued,
    is_altered,
    is_paid_otherwise,
    is_out_of_range,
    is_stale,
    issued_on,
    presented_on,
    paid_on
from judged
