{# Business days that no kept statement covers, and movements between two closing balances that no line explains. A
   movement shows at the closing balance after it, so the last stretch of days before that balance bears it. #}
with accounts as (

    select * from {{ ref('dim_accounts') }}

),

balances as (

    select * from {{ ref('int_bank_balances') }}

),

covered_days as (

    select distinct
        balances.account_id,
        balances.date_on
    from balances
    inner join {{ ref('int_bank_statements_linked') }} as statements
        on
            balances.account_id = statements.account_id
            and balances.date_on between statements.first_covered_on and statements.last_covered_on
    where statements.disposition = 'kept'

),

days as (

    select
        balances.*,
        balances.is_business_day
        and covered_days.date_on is null
        and coalesce(balances.date_on <= accounts.closed_on, true) as is_missing,
        sum(case when covered_days.date_on is null then 0 else 1 end) over (
            partition by balances.account_id order by balances.date_on rows between unbounded preceding and current row
        ) as covered_so_far,
        count(balances.statement_id) over (
            partition by balances.account_id order by balances.date_on rows between unbounded preceding and current row
        ) as closings_so_far
    from balances
    inner join accounts
        on balances.account_id = accounts.account_id
    left join covered_days
        on
            balances.account_id = covered_days.account_id
            and balances.date_on = covered_days.date_on

),

closings as (

    select
        account_id,
        statement_id,
        closings_so_far as closing_number,
        gap_amount,
        date_on
    from days
    where statement_id is not null

),

stretches as (

    select
        account_id,
        max(currency) as currency,
        count(*) as business_day_count,
        max(closings_so_far) as closing_number,
        min(date_on) as from_on,
        max(date_on) as to_on
    from days
    where is_missing
    group by account_id, covered_so_far

),

stretches_in_order as (

    select
        *,
        row_number() over (partition by account_id, closing_number order by from_on desc) as place
    from stretches

),

missing_statements as (

    select
        stretches_in_order.account_id,
        earlier.statement_id as statement_id_before,
        later.statement_id as statement_id_after,
        'missing_statement' as gap_kind,
        stretches_in_order.currency,
        stretches_in_order.business_day_count,
        case when stretches_in_order.place = 1 then later.gap_amount end as amount,
        stretches_in_order.from_on,
        stretches_in_order.to_on
    from stretches_in_order
    left join closings as earlier
        on
            stretches_in_order.account_id = earlier.account_id
            and stretches_in_order.closing_number = earlier.closing_number
    left join closings as later
        on
            stretches_in_order.account_id = later.account_id
            and stretches_in_order.closing_number + 1 = later.closing_number

),

unexplained_movements as (

    select
        days.account_id,
        earlier.statement_id as statement_id_before,
        days.statement_id as statement_id_after,
        'unexplained_movement' as gap_kind,
        days.currency,
        0 as business_day_count,
        days.gap_amount as amount,
        days.date_on as from_on,
        days.date_on as to_on
    from days
    left join closings as earlier
        on
            days.account_id = earlier.account_id
            and days.closings_so_far - 1 = earlier.closing_number
    left join missing_statements
        on
            days.account_id = missing_statements.account_id
            and days.statement_id = missing_statements.statement_id_after
    where
        days.gap_amount <> 0
        and not days.is_end
        and missing_statements.account_id is null

),

gaps as (

    select * from missing_statements
    union all
    select * from unexplained_movements

)

select
    {{ surrogate_key(['gap_kind', 'account_id', 'from_on']) }} as statement_gap_id,
    account_id,
    statement_id_before,
    statement_id_after,
    gap_kind,
    currency,
    cast(business_day_count as integer) as business_day_count,
    amount,
    from_on,
    to_on
from gaps
