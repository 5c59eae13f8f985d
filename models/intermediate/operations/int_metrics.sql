with account_days as (

    select * from {{ ref('int_account_days') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

bank_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

bank_items as (

    select * from {{ ref('fct_reconciliation_items') }}
    where
        side = 'bank'
        and item_kind = 'statement_line'

),

currency_calendars as (

    select * from {{ ref('currency_calendars') }}

),

{# Statement lines, for each business day that the statements of their account cover. #}
covered_days as (

    select
        account_days.account_id,
        account_days.date_on
    from account_days
    inner join accounts
        on
            account_days.account_id = accounts.account_id
            and account_days.date_on >= accounts.first_statement_on
            and account_days.date_on <= accounts.last_statement_on
    where account_days.is_business_day

),

own_transfers as (

    select from_item_id as item_id from {{ ref('fct_own_transfers') }}
    union distinct
    select to_item_id as item_id from {{ ref('fct_own_transfers') }}

),

bank_days as (

    select
        covered_days.account_id,
        covered_days.date_on,
        count(bank_lines.account_id) as line_count,
        coalesce(sum(case when own_transfers.item_id is null then abs(bank_lines.amount) end), 0) as value_total,
        sum(case when bank_lines.counterparty is null then 1 else 0 end) as nameless_count,
        sum(case when bank_lines.reference is null then 1 else 0 end) as unreferenced_count
    from covered_days
    left join bank_lines
        on
            covered_days.account_id = bank_lines.account_id
            and covered_days.date_on = bank_lines.statement_on
    left join own_transfers
        on bank_lines.statement_line_id = own_transfers.item_id
    group by covered_days.account_id, covered_days.date_on

),

{# Journal lines, for each business day from the first posting on. #}
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

{# The days before the accounts: Spark keeps to the order of joins. #}
covered_dates as (

    select
        business_dates.calendar_code,
        business_dates.date_on
    from ledger_period
    cross join as_of_date
    inner join business_dates
        on
            business_dates.is_business_day
            and ledger_period.first_on <= business_dates.date_on
            and ledger_period.last_on >= business_dates.date_on
            and as_of_date.as_of_on >= business_dates.date_on

),

covered_ledger_days as (

    select
        ledger_accounts.gl_account,
        covered_dates.date_on
    from ledger_accounts
    inner join covered_dates
        on ledger_accounts.calendar_code = covered_dates.calendar_code

),

ledger_days as (

    select
        covered_ledger_days.gl_account,
        covered_ledger_days.date_on,
        count(journal_lines.gl_account) as line_count
    from covered_ledger_days
    left join journal_lines
        on
            covered_ledger_days.gl_account = journal_lines.gl_account
            and covered_ledger_days.date_on = journal_lines.posted_on
    group by covered_ledger_days.gl_account, covered_ledger_days.date_on

),

{# Match rates, for each date whose items have had the days to be matched. #}
counted_items as (

    select
        account_id,
        counted_on,
        {% for days in var('match_rate_days') -%}
        sum(case when match_id is not null and age <= {{ days }} then 1 else 0 end) as matched_after_{{ days }},
        {% endfor -%}
        count(*) as item_count
    from bank_items
    group by account_id, counted_on

),

{# Summed up, so that Spark joins no item with every day of its calendar. #}
last_days as (

    select
        business_dates.calendar_code,
        max(business_dates.business_day_number) as business_day_number
    from business_dates
    inner join as_of_date
        on business_dates.date_on <= as_of_date.as_of_on
    group by business_dates.calendar_code

),

item_days as (

    select
        counted_items.*,
        last_days.business_day_number - counted_days.business_day_number as days_known
    from counted_items
    inner join accounts
        on counted_items.account_id = accounts.account_id
    inner join business_dates as counted_days
        on
            accounts.calendar_code = counted_days.calendar_code
            and counted_items.counted_on = counted_days.date_on
    inner join last_days
        on accounts.calendar_code = last_days.calendar_code

),

by_business_date as (

    select
        'bank_line_count' as metric,
        account_id as subject,
        cast(line_count as double) as observed,
        line_count as record_count,
        date_on as business_date
    from bank_days
    union all
    select
        'bank_line_value' as metric,
        account_id as subject,
        cast(value_total as double) as observed,
        line_count as record_count,
        date_on as business_date
    from bank_days
    where value_total > 0
    union all
    select
        'counterparty_null_rate' as metric,
        account_id as subject,
        cast(nameless_count as double) / line_count as observed,
        line_count as record_count,
        date_on as business_date
    from bank_days
    where line_count > 0
    union all
    select
        'reference_null_rate' as metric,
        account_id as subject,
        cast(unreferenced_count as double) / line_count as observed,
        line_count as record_count,
        date_on as business_date
    from bank_days
    where line_count > 0
    union all
    select
        'journal_line_count' as metric,
        gl_account as subject,
        cast(line_count as double) as observed,
        line_count as record_count,
        date_on as business_date
    from ledger_days
    union all
    {% for days in var('match_rate_days') -%}
    select
        'match_rate_after_{{ days }}' as metric,
        account_id as subject,
        cast(matched_after_{{ days }} as double) / item_count as observed,
        item_count as record_count,
        counted_on as business_date
    from item_days
    where days_known >= {{ days }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

{# How long runs, and the models of each, took, for the latest runs of each kind. #}
runs as (

    select
        *,
        concat(command, ' ', coalesce(selection, 'of everything'), ' on ', target_name) as run_kind
    from {{ ref('stg_operations__runs') }}
    where status = 'succeeded'

),

recent_runs as (

    select
        *,
        row_number() over (partition by run_kind order by started_at desc, invocation_id asc) as recency
    from runs

),

model_runs as (

    select * from {{ ref('fct_node_runs') }}
    where
        resource_type = 'model'
        and status = 'success'

),

durations as (

    select
        'run_seconds' as metric,
        run_kind as subject,
        invocation_id,
        cast(seconds as double) as observed,
        node_count as record_count,
        coalesce(business_date, cast(started_at as date)) as business_date,
        started_at
    from recent_runs
    where recency <= {{ var('duration_runs') }}
    union all
    select
        'model_seconds' as metric,
        concat(model_runs.node_name, ', ', recent_runs.run_kind) as subject,
        recent_runs.invocation_id,
        cast(model_runs.seconds as double) as observed,
        model_runs.row_count as record_count,
        coalesce(recent_runs.business_date, cast(recent_runs.started_at as date)) as business_date,
        recent_runs.started_at
    from recent_runs
    inner join model_runs
        on recent_runs.invocation_id = model_runs.invocation_id
    where recent_runs.recency <= {{ var('duration_runs') }}

),

weekdays as (

    select
        date_on,
        business_day_number,
        {{ days_between("cast('1980-01-07' as date)", 'date_on') }} % 7 + 1 as weekday_number,
        max(business_day_number) over (partition by {{ dbt.date_trunc('month', 'date_on') }}) as last_number
    from business_dates
    where calendar_code = '{{ weekend_calendar() }}'

)

select
    by_business_date.metric,
    by_business_date.subject,
    cast(null as {{ dbt.type_string() }}) as invocation_id,
    case
        when weekdays.last_number - weekdays.business_day_number < {{ var('month_end_days') }} then 'month end'
        else concat('weekday ', cast(weekdays.weekday_number as {{ dbt.type_string() }}))
    end as day_class,
    by_business_date.observed,
    by_business_date.record_count,
    by_business_date.business_date,
    cast(by_business_date.business_date as timestamp) as ordered_at
from by_business_date
inner join weekdays
    on by_business_date.business_date = weekdays.date_on
union all
select
    metric,
    subject,
    invocation_id,
    'run' as day_class,
    observed,
    record_count,
    business_date,
    started_at as ordered_at
from durations
