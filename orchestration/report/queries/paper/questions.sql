select
    file_path,
    status,
    coalesce(unreadable_reason, text_fault) as unreadable_reason,
    handed_in_by,
    merchant,
    currency,
    amount,
    thumbnail,
    document_on,
    count(*) over () as total_count
from documents.fct_documents
where status in ('unreadable', 'not_read', 'open')
order by status = 'unreadable' desc, status, amount desc nulls last, file_path
limit 8
