with details as (

    select * from {{ ref('stg_bank__statement_line_details') }}

),

statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

worded as (

    select
        delivered_line_id,
        {{ reference_words([
            'reference',
            'creditor_reference',
            'document_numbers',
            'end_to_end_id',
            'instruction_id',
            'customer_reference',
            "'CHEQUE' || cheque_number",
            'memo',
        ]) }} as reference_words
    from details

)

select distinct
    statement_lines.statement_line_id as item_id,
    worded.reference_words
from worded
inner join statement_lines
    on worded.delivered_line_id = statement_lines.delivered_line_id
where worded.reference_words is not null
