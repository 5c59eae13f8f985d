with accounts as (

    select
        account_id,
        first_statement_on,
        cast({{ dbt.dateadd('day', 1, 'closed_on') }} as date) as ended_on
    from {{ ref('dim_accounts') }}

),

account_days as (

    select * from {{ ref('int_account_days') }}

),

opening_balances as (

    select * from {{ ref('int_bank_opening_balances') }}

),

closing_balances as (

    select * from {{ ref('int_bank_closing_balances') }}

),

statement_lines as (

    select
        account_id,
        statement_on,
        sum(amount) as line_amount
    from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'
    group by account_id, statement_on

),

daily as (

    select
        account_days.*,
        closing_balances.statement_id,
        coalesce(closing_balances.closing_balance, case when account_days.date_on = accounts.ended_on then 0 end)
            as closing_balance,
        coalesce(account_days.date_on = accounts.ended_on, false) as is_end,
        coalesce(opening_balances.opening_balance, 0) as opening_movement,
        coalesce(statement_lines.line_amount, 0) as line_amount
    from account_days
    left join opening_balances
        on
            account_days.account_id = opening_balances.account_id
            and account_days.date_on = opening_balances.opening_on
    left join closing_balances
        on
            account_days.account_id = closing_balances.account_id
            and account_days.date_on = closing_balances.closing_on
    left join statement_lines
        on
            account_days.account_id = statement_lines.account_id
            and account_days.date_on = statement_lines.statement_on
    inner join accounts
        on
            account_days.account_id = accounts.account_id
            and account_days.date_on >= accounts.first_statement_on

),

{# Within the days from one delivered closing balance to the next, the balance is that closing plus the
   lines since; before the first closing it is the opening balance plus the lines. On the day after its last one an account
   holds nothing. #}
anchored as (

    select
        *,
        count(closing_balance) over (
            partition by account_id
            order by date_on
            rows between unbounded preceding and current row
        ) as closings_so_far
    from daily

),

balanced as (

    select
        *,
        sum(coalesce(closing_balance, opening_movement + line_amount)) over (
            partition by account_id, closings_so_far
            order by date_on
            rows between unbounded preceding and current row
        ) as closing_amount
    from anchored

),

with_previous as (

    select
        *,
        coalesce(
            lag(closing_amount) over (partition by account_id order by date_on), 0
        ) + opening_movement as opening_amount
    from balanced

)

select
    account_id,
    statement_id,
    currency,
    cast(opening_amount as decimal(28, 5)) as opening_balance,
    cast(line_amount as decimal(28, 5)) as movements,
    cast(closing_amount as decimal(28, 5)) as closing_balance,
    cast(closing_amount - opening_amount - line_amount as decimal(28, 5)) as gap_amount,
    is_business_day,
    is_end,
    date_on
from with_previous
