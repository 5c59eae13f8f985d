with documents as (

    select * from {{ ref('int_documents') }}

),

ties as (

    select
        document_id,
        max(case when status = 'automatic' then item_id end) as item_id,
        count(*) as tie_count
    from {{ ref('fct_document_ties') }}
    group by document_id

),

duplicates as (

    select distinct document_id from {{ ref('fct_document_duplicates') }}
    where kind = 'same_paper'

)

select
    documents.document_id,
    ties.item_id,
    case
        when ties.item_id is not null then 'tied'
        when duplicates.document_id is not null then 'duplicate'
        when documents.unreadable_reason is not null then 'unreadable'
        when ties.tie_count > 0 then 'proposed'
        when documents.has_facts then 'open'
        else 'not_read'
    end as status,
    documents.file_path,
    documents.file_hash,
    documents.load_id,
    documents.image_format,
    documents.thumbnail,
    documents.unreadable_reason,
    documents.text_fault,
    documents.handed_in_by,
    documents.merchant,
    documents.document_number,
    documents.currency,
    documents.page_count,
    documents.width,
    documents.height,
    documents.amount,
    documents.tax_amount,
    documents.sharpness,
    documents.brightness,
    documents.coverage,
    documents.document_on,
    documents.handed_in_on
from documents
left join ties
    on documents.document_id = ties.document_id
left join duplicates
    on documents.document_id = duplicates.document_id
