with details as (

    select * from {{ ref('stg_bank__statement_line_details') }}

),

statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

{# Of what a reference has matched, or an earlier close, no more texts are read. #}
open_lines as (

    select
        statement_lines.statement_line_id as item_id,
        statement_lines.delivered_line_id
    from statement_lines
    inner join {{ ref('int_items_left_by_reference') }} as items
        on statement_lines.statement_line_id = items.item_id

),

worded as (

    select
        open_lines.item_id,
        {{ reference_words([
            'details.reference',
            'details.creditor_reference',
            'details.document_numbers',
            'details.end_to_end_id',
            'details.instruction_id',
            'details.customer_reference',
            "'CHEQUE' || details.cheque_number",
            'details.memo',
        ]) }} as reference_words
    from details
    inner join open_lines
        on details.delivered_line_id = open_lines.delivered_line_id
    union all
    select
        open_lines.item_id,
        {{ reference_words(['payouts.payout_reference']) }} as reference_words
    from {{ ref('fct_payouts') }} as payouts
    inner join open_lines
        on payouts.statement_line_id = open_lines.item_id
    where payouts.status = 'proved'

)

{# Grouped before the empty ones go: DuckDB would look for them among the texts of all lines, before the join. #}
select
    item_id,
    reference_words
from worded
group by item_id, reference_words
having count(reference_words) > 0
