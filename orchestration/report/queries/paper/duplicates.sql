select
    duplicates.file_path,
    duplicates.other_file_path,
    duplicates.kind,
    later.handed_in_by,
    earlier.handed_in_by as other_handed_in_by,
    later.handed_in_on,
    earlier.handed_in_on as other_handed_in_on,
    later.currency,
    later.amount,
    later.thumbnail,
    earlier.thumbnail as other_thumbnail,
    count(*) over () as total_count
from documents.fct_document_duplicates as duplicates
inner join documents.fct_documents as later
    on duplicates.document_id = later.document_id
inner join documents.fct_documents as earlier
    on duplicates.other_document_id = earlier.document_id
order by duplicates.kind = 'same_bytes', later.amount desc nulls last, duplicates.file_path
limit 6
