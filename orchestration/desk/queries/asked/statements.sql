with statements as (

    select * from marts.fct_bank_statements
    where account_id = $account

),

numbered as (

    select
        *,
        row_number() over (order by period_end_on desc, period_start_on desc, statement_id) as place,
        count(*) over () as total_count
    from statements

),

shown as (

    select * from numbered
    where place - 1 between $first and $first + $size - 1

),

standing as (

    select
        shown.statement_id,
        list({
            'statement_id': others.statement_id,
            'file_path': others.file_path,
            'statement_number': others.statement_number,
            'closing_balance': others.closing_balance,
            'period_end_on': others.period_end_on
        } order by others.period_end_on desc, others.statement_id) as others
    from shown
    inner join statements as others
        on
            shown.currency = others.currency
            and shown.statement_id <> others.statement_id
            and shown.period_start_on <= others.period_end_on
            and shown.period_end_on >= others.period_start_on
    group by shown.statement_id

)

select
    shown.statement_id,
    shown.file_path,
    shown.statement_number,
    shown.currency,
    shown.line_count,
    shown.opening_balance,
    shown.movements,
    shown.closing_balance,
    shown.proof_difference,
    shown.gap_to_previous_closing,
    shown.is_proved,
    shown.period_start_on,
    shown.period_end_on,
    shown.total_count,
    coalesce(standing.others, []) as others
from shown
left join standing
    on shown.statement_id = standing.statement_id
order by shown.place
