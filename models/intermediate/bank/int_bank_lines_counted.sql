with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_cleaned') }}
    where booking_status = 'booked'

),

statements as (

    select * from {{ ref('int_bank_statements_linked') }}
    where disposition = 'kept'

),

keyed as (

    select
        statement_lines.delivered_line_id,
        statement_lines.statement_id,
        statement_lines.file_hash,
        statement_lines.load_id,
        statement_lines.entry_number,
        statement_lines.amount,
        statements.account_id,
        statements.statement_group_id,
        statements.statement_number,
        {{ statement_date('statement_lines', 'statements') }} as statement_on,
        {{ surrogate_key([
            'statements.account_id',
            'statement_lines.booked_on',
            'statement_lines.amount',
            'statement_lines.bank_reference',
            'coalesce(statement_lines.reference, statement_lines.entry_reference)',
            'case when statement_lines.bank_reference is null and statement_lines.reference is null'
            ~ ' and statement_lines.entry_reference is null then statement_lines.memo end',
        ]) }} as natural_key
    from statement_lines
    inner join statements
        on statement_lines.statement_id = statements.statement_id

),

{# Two real payments that look the same stand twice in one statement; one payment stands once in each of two
   overlapping statements. So the n-th line of a natural key in one statement is the n-th of that key anywhere. #}
counted as (

    select
        *,
        row_number() over (
            partition by statement_group_id, natural_key
            order by file_hash, statement_number, entry_number
        ) as occurrence_number
    from keyed

)

select
    delivered_line_id,
    {{ surrogate_key(["'bank'", 'natural_key', 'occurrence_number']) }} as statement_line_id,
    statement_id,
    statement_group_id,
    account_id,
    row_number() over (
        partition by natural_key, occurrence_number
        order by load_id, file_hash, statement_number, entry_number
    ) as delivery_number,
    entry_number,
    amount,
    statement_on
from counted
