with journal_lines as (

    select * from {{ ref('int_journal_lines_cleaned') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by journal_line_id
            order by recorded_at desc, load_id desc, file_hash asc, line_number desc
        ) as recency
    from journal_lines

)

select
    journal_line_id,
    entry_id,
    file_hash,
    load_id,
    gl_account,
    currency,
    original_currency,
    case when recency = 1 then 'kept' else 'superseded' end as disposition,
    reference,
    counterparty,
    memo,
    reference_key,
    reference_words,
    counterparty_key,
    name_words,
    document_type,
    line_no,
    line_number,
    amount,
    original_amount,
    posted_on,
    recorded_at
from numbered
