{# The payment files that are due, each as if its period were the next to be paid. Wages settle on the payday or the
   banking day before it. What came back and is paid again, or could not be paid when its period was, settles on a
   banking day from the business date on, since its payday may be over. The reference names the settlement date and
   counts the files of it. #}
with parts as (

    select * from {{ ref('int_payment_file_parts') }}

),

currency_calendars as (

    select * from {{ ref('currency_calendars') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

written_files as (

    select * from {{ ref('stg_payments__payment_files') }}

),

paid_periods as (

    select distinct written_files.pay_period_id from written_files

),

files as (

    select
        parts.pay_period_id,
        parts.currency,
        parts.scheme,
        parts.file_number,
        max(parts.attempt) > 1 or max(paid_periods.pay_period_id) is not null as is_paid_again,
        count(*) as payment_count,
        max(parts.paid_on) as paid_on
    from parts
    left join paid_periods
        on parts.pay_period_id = paid_periods.pay_period_id
    group by parts.pay_period_id, parts.currency, parts.scheme, parts.file_number

),

wanted as (

    select
        files.*,
        coalesce(currency_calendars.calendar_code, '{{ weekend_calendar() }}') as calendar_code,
        case
            when files.is_paid_again then greatest(files.paid_on, {{ business_date() }})
            else files.paid_on
        end as wanted_on
    from files
    left join currency_calendars
        on files.currency = currency_calendars.currency

),

settled as (

    select
        wanted.*,
        settlement_dates.date_on as effective_on
    from wanted
    left join business_dates as wanted_dates
        on
            wanted.calendar_code = wanted_dates.calendar_code
            and wanted.wanted_on = wanted_dates.date_on
    left join business_dates as settlement_dates
        on
            wanted_dates.calendar_code = settlement_dates.calendar_code
            and settlement_dates.is_business_day
            -- A day on which banks are closed has the number of the banking day before it.
            and settlement_dates.business_day_number
            = wanted_dates.business_day_number
            + case when wanted.is_paid_again and not wanted_dates.is_business_day then 1 else 0 end

),

earlier_files as (

    select
        count(*) as file_count,
        coalesce(sum(payment_count), 0) as payment_count
    from written_files

),

earlier_files_by_day as (

    select
        effective_on,
        count(*) as file_count
    from written_files
    group by effective_on

),

numbered as (

    select
        settled.*,
        earlier_files.file_count as earlier_file_count,
        coalesce(earlier_files_by_day.file_count, 0) + row_number() over (
            partition by settled.pay_period_id, settled.effective_on order by settled.file_number
        ) as number_of_day,
        earlier_files.payment_count + sum(settled.payment_count) over (
            partition by settled.pay_period_id
            order by settled.file_number
            rows between unbounded preceding and current row
        ) - settled.payment_count as payments_before
    from settled
    cross join earlier_files
    left join earlier_files_by_day
        on settled.effective_on = earlier_files_by_day.effective_on

),

referenced as (

    select
        *,
        concat(
            'PAY-',
            right(replace(cast(effective_on as string), '-', ''), 6),
            '-',
            case when number_of_day < 10 then '0' else '' end,
            cast(number_of_day as string)
        ) as file_reference
    from numbered

)

select
    pay_period_id,
    currency,
    scheme,
    file_reference,
    concat(pay_period_id, '_', file_reference, case when scheme = 'nacha' then '.ach' else '.xml' end) as file_name,
    substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', cast(mod(number_of_day - 1, 36) as integer) + 1, 1) as file_modifier,
    file_number,
    -- NACHA gives a trace number seven digits; a file that begins below nine million stays within them.
    cast(mod(payments_before, 9000000) + 1 as integer) as first_sequence,
    cast(earlier_file_count as integer) as earlier_file_count,
    effective_on
from referenced
