{# How many days the booked line may stand before and after the announced one: with a common reference, and
   where only the text says that they are the same. #}
{%- set days_before = 5 -%}
{%- set days_after_by_reference = 30 -%}
{%- set days_after_by_text = 5 -%}
{%- set rounds = 3 -%}

with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}

),

{# Notifications (CAMT.054) repeat what is booked and announce nothing. #}
statements as (

    select * from {{ ref('int_bank_statements_linked') }}
    where message_type in ('statement', 'intraday')

),

files as (

    select * from {{ ref('stg_collect__files') }}
    where file_status = 'loaded'

),

announced as (

    select
        statement_lines.*,
        statements.statement_number,
        {{ surrogate_key([
            'statement_lines.account_id',
            'statement_lines.booked_on',
            'statement_lines.amount',
            'statement_lines.bank_reference',
            'statement_lines.reference',
            'case when statement_lines.bank_reference is null and statement_lines.reference is null'
            ~ ' then statement_lines.memo end',
        ]) }} as natural_key
    from statement_lines
    inner join statements
        on statement_lines.statement_id = statements.statement_id
    where statement_lines.disposition = 'not_booked'

),

counted as (

    select
        *,
        row_number() over (
            partition by statement_id, natural_key
            order by entry_number
        ) as occurrence_number
    from announced

),

delivered as (

    select
        *,
        {{ surrogate_key(["'pending'", 'natural_key', 'occurrence_number']) }} as pending_line_id,
        row_number() over (
            partition by natural_key, occurrence_number
            order by load_id, file_hash, statement_number, entry_number
        ) as delivery_number,
        count(*) over (partition by natural_key, occurrence_number) as delivery_count
    from counted

),

pending_lines as (

    select
        *,
        coalesce(memo, counterparty) as line_text,
        occurrence_number as twin_number
    from delivered
    where delivery_number = 1

),

booked_lines as (

    select
        *,
        coalesce(memo, counterparty) as line_text,
        row_number() over (
            partition by account_id, currency, amount, booked_on, bank_reference, reference, memo, counterparty
            order by statement_line_id
        ) as twin_number
    from statement_lines
    where disposition = 'kept'

),

{# A card payment, or an amount in another currency, may be booked with another amount than was announced; the bank's
   own reference says that it is the same. #}
compared as (

    select
        pending_lines.pending_line_id,
        booked_lines.statement_line_id,
        coalesce(pending_lines.bank_reference = booked_lines.bank_reference, false) as has_same_bank_reference,
        coalesce(pending_lines.reference = booked_lines.reference, false) as has_same_reference,
        coalesce(
            pending_lines.line_text = booked_lines.line_text
            and coalesce(pending_lines.bank_reference, pending_lines.reference) is null
            and coalesce(booked_lines.bank_reference, booked_lines.reference) is null,
            false
        ) as has_same_text,
        true as has_same_amount,
        abs(pending_lines.twin_number - booked_lines.twin_number) as twins_apart,
        pending_lines.booked_on as announced_on,
        booked_lines.booked_on
    from pending_lines
    inner join booked_lines
        on
            pending_lines.account_id = booked_lines.account_id
            and pending_lines.currency = booked_lines.currency
            and pending_lines.amount = booked_lines.amount
    union all
    select
        pending_lines.pending_line_id,
        booked_lines.statement_line_id,
        true as has_same_bank_reference,
        false as has_same_reference,
        false as has_same_text,
        false as has_same_amount,
        abs(pending_lines.twin_number - booked_lines.twin_number) as twins_apart,
        pending_lines.booked_on as announced_on,
        booked_lines.booked_on
    from pending_lines
    inner join booked_lines
        on
            pending_lines.account_id = booked_lines.account_id
            and pending_lines.currency = booked_lines.currency
            and pending_lines.bank_reference = booked_lines.bank_reference
            and sign(pending_lines.amount) = sign(booked_lines.amount)
    where pending_lines.amount <> booked_lines.amount

),

dated as (

    select
        *,
        {{ days_between('announced_on', 'booked_on') }} as days_later
    from compared

),

candidates as (

    select
        pending_line_id,
        statement_line_id,
        case
            when not has_same_amount then 4
            when has_same_bank_reference then 1
            when has_same_reference then 2
            else 3
        end as evidence,
        abs(days_later) as days_apart,
        twins_apart
    from dated
    where
        days_later >= -{{ days_before }}
        and (
            (has_same_text and days_later <= {{ days_after_by_text }})
            or ((has_same_bank_reference or has_same_reference) and days_later <= {{ days_after_by_reference }})
        )

),

{{ mutual_pairs(
    'candidates',
    one='pending_line_id',
    other='statement_line_id',
    one_order=['evidence', 'days_apart', 'twins_apart'],
    other_order=['evidence', 'days_apart', 'twins_apart'],
    rounds=rounds,
) }}

select
    pending_lines.pending_line_id,
    pairs.statement_line_id as booked_statement_line_id,
    pending_lines.account_id,
    pending_lines.file_hash,
    pending_lines.load_id,
    files.path as file_path,
    pending_lines.currency,
    case when pairs.statement_line_id is null then 'pending' else 'booked' end as status,
    pending_lines.reference,
    pending_lines.bank_reference,
    pending_lines.counterparty,
    pending_lines.memo,
    pending_lines.line_number,
    pending_lines.delivery_count,
    pending_lines.amount,
    pending_lines.booked_on,
    pending_lines.value_on
from pending_lines
inner join files
    on
        pending_lines.file_hash = files.file_hash
        and pending_lines.load_id = files.load_id
left join mutual_pairs as pairs
    on pending_lines.pending_line_id = pairs.pending_line_id
