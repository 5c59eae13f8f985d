with statements as (

    select * from {{ ref('int_bank_statements_linked') }}
    where disposition = 'kept'

),

balances as (

    select * from {{ ref('int_bank_balances') }}

),

opening_balances as (

    select * from {{ ref('int_bank_opening_balances') }}

),

files as (

    select * from {{ ref('stg_collect__files') }}
    where file_status = 'loaded'

),

{# A statement follows on the balance with which its first day opened, or on a statement of the same days. #}
with_previous as (

    select
        statements.*,
        case when opening_balances.statement_id is null then balances.opening_balance end as opening_of_first_day,
        lag(statements.closing_balance) over (
            partition by statements.account_id, statements.first_covered_on, statements.last_covered_on
            order by
                coalesce(statements.sequence_number, 0),
                coalesce(statements.page_number, 0),
                statements.load_id,
                statements.file_hash,
                statements.statement_number
        ) as closing_of_same_days
    from statements
    left join balances
        on
            statements.account_id = balances.account_id
            and statements.first_covered_on = balances.date_on
    left join opening_balances
        on statements.statement_id = opening_balances.statement_id

),

completed as (

    select
        *,
        case
            when is_continuing or opening_balance = opening_of_first_day then opening_balance
            else coalesce(closing_of_same_days, opening_of_first_day)
        end as previous_closing_balance,
        coalesce(opening_balance, closing_of_same_days, opening_of_first_day) as known_opening_balance
    from with_previous

),

proved as (

    select
        *,
        coalesce(closing_balance, known_opening_balance + movements) as known_closing_balance,
        closing_balance - known_opening_balance - movements as proof_difference,
        opening_balance - previous_closing_balance as gap_to_previous_closing
    from completed

)

select
    proved.statement_id,
    proved.account_id,
    proved.file_hash,
    proved.load_id,
    files.path as file_path,
    proved.currency,
    proved.statement_reference,
    case
        when proved.opening_balance is not null then 'delivered'
        when proved.known_opening_balance is not null then 'previous_closing'
        else 'unknown'
    end as opening_source,
    proved.other_balances,
    proved.rows_left_out,
    proved.sequence_number,
    proved.page_number,
    proved.statement_number,
    proved.line_number,
    proved.line_count,
    cast(proved.known_opening_balance as decimal(28, 5)) as opening_balance,
    cast(proved.movements as decimal(28, 5)) as movements,
    cast(proved.known_closing_balance as decimal(28, 5)) as closing_balance,
    cast(proved.proof_difference as decimal(28, 5)) as proof_difference,
    cast(proved.previous_closing_balance as decimal(28, 5)) as previous_closing_balance,
    cast(proved.gap_to_previous_closing as decimal(28, 5)) as gap_to_previous_closing,
    coalesce(proved.proof_difference = 0 and coalesce(proved.gap_to_previous_closing, 0) = 0, false) as is_proved,
    proved.first_covered_on as period_start_on,
    proved.last_covered_on as period_end_on
from proved
inner join files
    on
        proved.file_hash = files.file_hash
        and proved.load_id = files.load_id
