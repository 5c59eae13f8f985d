with journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

currency_calendars as (

    select * from {{ ref('currency_calendars') }}

),

ledger_accounts as (

    select
        journal_lines.gl_account,
        coalesce(currency_calendars.calendar_code, '{{ weekend_calendar() }}') as calendar_code
    from (
        select
            gl_account,
            min(currency) as currency
        from journal_lines
        group by gl_account
    ) as journal_lines
    left join currency_calendars
        on journal_lines.currency = currency_calendars.currency

),

ledger_period as (

    select
        min(posted_on) as first_on,
        max(posted_on) as last_on
    from journal_lines

),

days as (

    select
        ledger_accounts.gl_account,
        business_dates.date_on
    from ledger_accounts
    inner join {{ ref('int_business_dates') }} as business_dates
        on
            ledger_accounts.calendar_code = business_dates.calendar_code
            and business_dates.is_business_day
    inner join ledger_period
        on
            business_dates.date_on >= ledger_period.first_on
            and business_dates.date_on <= ledger_period.last_on
    inner join {{ ref('int_as_of_date') }} as as_of_date
        on business_dates.date_on <= as_of_date.as_of_on

),

counted as (

    select
        days.gl_account,
        days.date_on,
        count(journal_lines.gl_account) as line_count
    from days
    left join journal_lines
        on
            days.gl_account = journal_lines.gl_account
            and days.date_on = journal_lines.posted_on
    group by days.gl_account, days.date_on

)

select
    'journal_line_count' as metric,
    gl_account as subject,
    cast(line_count as double) as observed,
    line_count as record_count,
    date_on as business_date
from counted
