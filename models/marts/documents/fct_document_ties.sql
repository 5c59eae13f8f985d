with documents as (

    select * from {{ ref('int_documents') }}
    where has_facts

),

duplicates as (

    select distinct document_id from {{ ref('fct_document_duplicates') }}
    where kind = 'same_paper'

),

items as (

    select
        *,
        {{ letters_and_digits('counterparty') }} as name_key,
        {{ letters_and_digits('memo') }} as memo_key,
        {{ letters_and_digits('reference') }} as reference_key
    from {{ ref('fct_reconciliation_items') }}
    where
        amount < 0
        and item_kind in ('statement_line', 'journal_line')

),

{# What one person handed in on one day may have been paid together: two of them, or all. #}
handed_in_together as (

    select
        handed_in_by_key,
        currency,
        handed_in_on,
        sum(amount) as amount
    from documents
    group by handed_in_by_key, currency, handed_in_on
    having count(*) > 2

),

claims as (

    select
        documents.document_id,
        handed_in_together.amount
    from documents
    inner join handed_in_together
        on
            documents.handed_in_by_key = handed_in_together.handed_in_by_key
            and documents.currency = handed_in_together.currency
            and documents.handed_in_on = handed_in_together.handed_in_on
    union
    select
        documents.document_id,
        documents.amount + same_day.amount as amount
    from documents
    inner join documents as same_day
        on
            documents.handed_in_by_key = same_day.handed_in_by_key
            and documents.currency = same_day.currency
            and documents.handed_in_on = same_day.handed_in_on
            and documents.document_id <> same_day.document_id

),

candidates as (

    select
        documents.document_id,
        items.item_id,
        'amount' as kind
    from documents
    inner join items
        on
            documents.currency = items.currency
            and documents.amount = -items.amount
    union all
    select
        documents.document_id,
        items.item_id,
        'original_amount' as kind
    from documents
    inner join items
        on
            documents.currency = items.original_currency
            and documents.amount = -items.original_amount
            and items.original_currency <> items.currency
    union all
    select
        documents.document_id,
        items.item_id,
        'several_documents' as kind
    from documents
    inner join claims
        on documents.document_id = claims.document_id
    inner join items
        on
            documents.currency = items.currency
            and claims.amount = -items.amount
            and documents.handed_in_by_key = items.name_key
    union all
    select
        documents.document_id,
        items.item_id,
        'tip' as kind
    from documents
    inner join items
        on
            documents.currency = items.currency
            and left(documents.merchant_key, 8) = left(items.name_key, 8)
    where
        -items.amount > documents.amount
        and -items.amount <= documents.amount * {{ var('tip_at_most') }}
        and abs({{ days_between('documents.document_on', 'items.item_on') }}) <= {{ var('document_same_days') }}

),

compared as (

    select
        candidates.document_id,
        candidates.item_id,
        candidates.kind,
        items.match_id,
        items.account_id,
        items.side,
        coalesce(items.match_id, items.item_id) as payment_id,
        documents.unreadable_reason,
        documents.is_proved and coalesce(documents.read_amount <> documents.amount, false) as is_amount_denied,
        not documents.is_told and not documents.is_proved as is_amount_doubtful,
        duplicates.document_id is not null as is_duplicate,
        coalesce(
            left(documents.merchant_key, 8) = left(items.name_key, 8)
            or position(documents.merchant_key in items.memo_key) > 0
            or documents.handed_in_by_key = items.name_key,
            false
        ) as is_name_agreed,
        items.name_key is not null
        and coalesce(documents.merchant_key, documents.handed_in_by_key) is not null as is_named,
        {{ days_between('documents.document_on', 'items.item_on') }} between 0 and {{ var('document_same_days') }}
            as is_date_agreed,
        coalesce(
            position(documents.number_key in items.reference_key) > 0
            or position(documents.number_key in items.memo_key) > 0,
            false
        ) as is_number_agreed,
        items.item_on
    from candidates
    inner join documents
        on candidates.document_id = documents.document_id
    inner join items
        on candidates.item_id = items.item_id
    left join duplicates
        on candidates.document_id = duplicates.document_id
    where
        {{ days_between('documents.document_on', 'items.item_on') }}
        between -{{ var('document_same_days') }} and {{ var('document_tie_days') }}

),

{# The line of the bank and the entry of the books that one match holds are one payment: the entry stands for both. #}
payments as (

    select * from (
        select
            *,
            row_number() over (
                partition by document_id, payment_id
                order by
                    case when kind = 'amount' then 0 when kind = 'original_amount' then 1 else 2 end,
                    side desc,
                    item_id asc
            ) as place,
            {# Of its own amount: ties that are proposed anyway make no other one doubtful. #}
            case when kind in ('amount', 'original_amount') then 1 else 0 end as is_whole,
            max(case when is_name_agreed then 1 else 0 end) over (
                partition by document_id, payment_id
            ) = 1 as is_name_agreed_by_any,
            max(case when is_date_agreed then 1 else 0 end) over (
                partition by document_id, payment_id
            ) = 1 as is_date_agreed_by_any
        from compared
    ) as numbered
    where
        place = 1
        and (is_name_agreed_by_any or is_date_agreed_by_any or is_number_agreed)

),

contradicted as (

    select
        *,
        case
            when kind = 'several_documents' then 'several documents are one payment'
            when kind = 'tip' then 'the payment is larger'
            when not is_name_agreed_by_any and is_named then 'the names differ'
            when not is_name_agreed_by_any and not is_date_agreed_by_any then 'neither name nor date agrees'
            when is_duplicate then 'the document may be one that was handed in before'
            when unreadable_reason is not null then 'the picture cannot be read: ' || unreadable_reason
            when is_amount_denied then 'the picture states another amount'
            when is_amount_doubtful then 'the amount was read, and nothing on the picture proves it'
            when sum(is_whole) over (partition by document_id) > 1 then 'several payments agree'
            when sum(case when is_duplicate then 0 else is_whole end) over (partition by payment_id) > 1
                then 'several documents agree'
        end as contradiction
    from payments

)

select
    {{ surrogate_key(['document_id', 'item_id']) }} as document_tie_id,
    document_id,
    item_id,
    match_id,
    account_id,
    kind,
    case when contradiction is null then 'automatic' else 'proposed' end as status,
    contradiction,
    is_name_agreed_by_any as is_name_agreed,
    is_date_agreed_by_any as is_date_agreed,
    is_number_agreed,
    item_on
from contradicted
