with statements as (

    select
        statement_id,
        file_hash,
        load_id,
        statement_number,
        first_covered_on,
        last_covered_on,
        max(last_covered_on) over (
            partition by account_id
            order by first_covered_on, statement_id
            rows between unbounded preceding and 1 preceding
        ) as last_covered_before_on,
        lead(first_covered_on) over (partition by account_id order by first_covered_on, statement_id)
            as next_first_covered_on
    from {{ ref('int_bank_statements_linked') }}
    where
        disposition = 'kept'
        and line_count > 0

),

overlapping_statements as (

    select * from statements
    where
        last_covered_before_on >= first_covered_on
        or next_first_covered_on <= last_covered_on

),

{# Of equal amounts on one day as many are real as one statement shows; more than that may be one line twice. #}
crowded_days as (

    select
        account_id,
        amount,
        statement_on
    from (
        select
            counted_lines.account_id,
            counted_lines.amount,
            counted_lines.statement_on,
            count(*) as shown_count,
            sum(case when counted_lines.delivery_number = 1 then 1 else 0 end) as line_count
        from {{ ref('int_bank_lines_counted') }} as counted_lines
        inner join overlapping_statements
            on counted_lines.statement_id = overlapping_statements.statement_id
        group by
            counted_lines.account_id,
            counted_lines.amount,
            counted_lines.statement_on,
            counted_lines.statement_group_id
    ) as statement_days
    group by account_id, amount, statement_on
    having sum(line_count) > max(shown_count)

),

line_days as (

    select
        account_id,
        statement_on,
        sum(amount) as amount
    from {{ ref('int_bank_lines_counted') }}
    where delivery_number = 1
    group by account_id, statement_on

),

{# The lines behind one closing balance, up to the next one, are proved by it together. #}
days as (

    select
        coalesce(line_days.account_id, closing_balances.account_id) as account_id,
        coalesce(line_days.statement_on, closing_balances.closing_on) as date_on,
        coalesce(line_days.amount, 0) as amount,
        closing_balances.closing_balance,
        count(closing_balances.closing_on) over (
            partition by coalesce(line_days.account_id, closing_balances.account_id)
            order by coalesce(line_days.statement_on, closing_balances.closing_on) desc
            rows between unbounded preceding and current row
        ) as closings_from_here
    from line_days
    full outer join {{ ref('int_bank_closing_balances') }} as closing_balances
        on
            line_days.account_id = closing_balances.account_id
            and line_days.statement_on = closing_balances.closing_on

),

spans as (

    select
        account_id,
        sum(amount) as amount,
        max(closing_balance) as closing_balance,
        max(date_on) as closing_on
    from days
    where closings_from_here > 0
    group by account_id, closings_from_here

),

spans_in_order as (

    select
        *,
        lag(closing_balance) over (partition by account_id order by closing_on) as previous_closing_balance,
        lag(closing_on) over (partition by account_id order by closing_on) as previous_closing_on
    from spans

),

span_gaps as (

    select
        spans_in_order.account_id,
        spans_in_order.closing_balance
        - coalesce(spans_in_order.previous_closing_balance, opening_balances.opening_balance, 0)
        - spans_in_order.amount as gap_amount,
        spans_in_order.previous_closing_on,
        spans_in_order.closing_on
    from spans_in_order
    left join {{ ref('int_bank_opening_balances') }} as opening_balances
        on spans_in_order.account_id = opening_balances.account_id

),

gaps_in_order as (

    select
        *,
        lead(gap_amount) over (partition by account_id order by closing_on) as next_gap_amount
    from span_gaps

),

gaps as (

    select * from gaps_in_order
    where gap_amount <> 0

),

{# Where every balance is explained and no day is crowded there is no question, and so it is with most accounts. #}
accounts_in_question as (

    select account_id from crowded_days
    union distinct
    select account_id from gaps

),

lines_in_question as (

    select
        counted_lines.*,
        overlapping_statements.first_covered_on,
        overlapping_statements.last_covered_on,
        row_number() over (
            partition by counted_lines.account_id
            order by
                overlapping_statements.load_id,
                overlapping_statements.file_hash,
                overlapping_statements.statement_number,
                counted_lines.entry_number
        ) as delivery_order,
        row_number() over (
            partition by
                counted_lines.account_id,
                counted_lines.amount,
                counted_lines.statement_on,
                counted_lines.statement_group_id
            order by
                overlapping_statements.file_hash,
                overlapping_statements.statement_number,
                counted_lines.entry_number
        ) as twin_number
    from {{ ref('int_bank_lines_counted') }} as counted_lines
    inner join overlapping_statements
        on counted_lines.statement_id = overlapping_statements.statement_id
    inner join accounts_in_question
        on counted_lines.account_id = accounts_in_question.account_id

),

last_closings as (

    select
        account_id,
        max(closing_on) as last_closing_on
    from {{ ref('int_bank_closing_balances') }}
    group by account_id

)

select
    lines_in_question.delivered_line_id,
    lines_in_question.statement_line_id,
    lines_in_question.statement_id,
    lines_in_question.statement_group_id,
    lines_in_question.account_id,
    lines_in_question.delivery_number,
    lines_in_question.delivery_order,
    lines_in_question.twin_number,
    lines_in_question.amount,
    gaps.gap_amount,
    crowded_days.account_id is not null as is_one_too_many,
    coalesce(lines_in_question.statement_on <= last_closings.last_closing_on, false) as has_closing,
    coalesce(gaps.next_gap_amount = -gaps.gap_amount, false) as is_gap_undone,
    lines_in_question.statement_on,
    lines_in_question.first_covered_on,
    lines_in_question.last_covered_on,
    gaps.closing_on as gap_on
from lines_in_question
left join gaps
    on
        lines_in_question.account_id = gaps.account_id
        and lines_in_question.statement_on <= gaps.closing_on
        and lines_in_question.statement_on > coalesce(gaps.previous_closing_on, cast('1900-01-01' as date))
left join crowded_days
    on
        lines_in_question.account_id = crowded_days.account_id
        and lines_in_question.amount = crowded_days.amount
        and lines_in_question.statement_on = crowded_days.statement_on
left join last_closings
    on lines_in_question.account_id = last_closings.account_id
