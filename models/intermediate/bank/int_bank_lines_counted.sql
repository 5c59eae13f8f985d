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

{# Few lines come twice, so only those are brought in order. #}
repeated_keys as (

    select natural_key
    from keyed
    group by natural_key
    having count(*) > 1

),

{# Two real payments that look the same stand twice in one statement; one payment stands once in each of two
   overlapping statements. So the n-th line of a natural key in one statement is the n-th of that key anywhere. #}
repeated as (

    select
        keyed.*,
        row_number() over (
            partition by keyed.statement_group_id, keyed.natural_key
            order by keyed.file_hash, keyed.statement_number, keyed.entry_number
        ) as occurrence_number
    from keyed
    inner join repeated_keys
        on keyed.natural_key = repeated_keys.natural_key

),

delivered_again as (

    select
        delivered_line_id,
        occurrence_number,
        row_number() over (
            partition by natural_key, occurrence_number
            order by load_id, file_hash, statement_number, entry_number
        ) as delivery_number
    from repeated

)

select
    keyed.delivered_line_id,
    {{ surrogate_key(["'bank'", 'keyed.natural_key', 'coalesce(delivered_again.occurrence_number, 1)']) }}
        as statement_line_id,
    keyed.statement_id,
    keyed.statement_group_id,
    keyed.account_id,
    coalesce(delivered_again.delivery_number, 1) as delivery_number,
    keyed.entry_number,
    keyed.amount,
    keyed.statement_on
from keyed
left join delivered_again
    on keyed.delivered_line_id = delivered_again.delivered_line_id
