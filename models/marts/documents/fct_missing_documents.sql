with items as (

    select * from {{ ref('fct_reconciliation_items') }}
    where
        side = 'ledger'
        and amount < 0

),

journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

requirements as (

    select * from {{ ref('document_requirements') }}

),

ties as (

    select * from {{ ref('fct_document_ties') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

tied as (

    select
        item_id,
        max(case when status = 'automatic' then 1 else 0 end) = 1 as is_tied
    from ties
    group by item_id

)

select
    items.item_id,
    items.match_id,
    items.account_id,
    journal_lines.document_type,
    items.counterparty,
    items.memo,
    items.currency,
    items.amount,
    cast({{ days_between('items.item_on', 'as_of_date.as_of_on') }} as integer) as missing_days,
    coalesce(tied.item_id is not null, false) as is_proposed,
    {{ days_between('items.item_on', 'as_of_date.as_of_on') }} > requirements.days as is_overdue,
    items.item_on
from items
inner join journal_lines
    on
        items.file_hash = journal_lines.file_hash
        and items.line_number = journal_lines.line_number
inner join requirements
    on
        journal_lines.document_type = requirements.document_type
        and items.currency = requirements.currency
        and -items.amount >= requirements.from_amount
cross join as_of_date
left join tied
    on items.item_id = tied.item_id
where not coalesce(tied.is_tied, false)
