with details as (

    select * from {{ ref('stg_bank__statement_line_details') }}

),

statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

detail_references as (

    select
        delivered_line_id,
        {{ normalized_reference('reference') }} as reference_key
    from details

)

select distinct
    statement_lines.statement_line_id as item_id,
    detail_references.reference_key
from detail_references
inner join statement_lines
    on detail_references.delivered_line_id = statement_lines.delivered_line_id
where detail_references.reference_key is not null
