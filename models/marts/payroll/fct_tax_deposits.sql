{# What is due to the United States, and to states for unemployment, of closed periods. A deposit that would fall due on
   a day without banks is due on the next one with them; the three days that a semiweekly depositor has are banking
   days. #}
with years as (

    select distinct tax_year from {{ ref('int_closed_wages') }}

),

lines as (

    select
        case closed.pay_item_code when 'FUTA' then '940' when 'SUTA' then 'SUTA' else '941' end as form,
        case
            when closed.pay_item_code = 'SUTA'
                then {{ regexp_replace_all('closed.payslip_line_id', '^.*/([A-Z][A-Z])$', '$1') }}
        end as jurisdiction,
        abs(closed.amount) as amount,
        closed.paid_on
    from {{ ref('int_closed_payslip_lines') }} as closed
    inner join years
        on cast(extract(year from closed.paid_on) as integer) = years.tax_year
    where closed.line_kind in ('employee_tax', 'employer_tax') and closed.pay_item_code <> 'SIT'

),

by_payday as (

    select
        form,
        jurisdiction,
        paid_on,
        sum(amount) as amount
    from lines
    group by form, jurisdiction, paid_on

),

policies_in_force as (

    select
        by_payday.form,
        by_payday.jurisdiction,
        by_payday.paid_on,
        max(by_payday.amount) as amount,
        max(case when policies.policy_code = 'semiweekly_deposits' then policies.value end) as is_semiweekly,
        max(case when policies.policy_code = 'next_day_deposit_amount' then policies.value end) as next_day_amount
    from by_payday
    inner join {{ ref('payroll_policies') }} as policies
        on {{ in_force('policies', 'by_payday.paid_on') }}
    group by by_payday.form, by_payday.jurisdiction, by_payday.paid_on

),

ruled as (

    select
        *,
        case
            when form <> '941' then 'quarterly'
            when amount >= next_day_amount then 'next_day'
            when is_semiweekly = 1 then 'semiweekly'
            else 'monthly'
        end as schedule
    from policies_in_force

),

{# A semiweekly span ends on Friday or on Tuesday. #}
spans as (

    select
        form,
        jurisdiction,
        schedule,
        amount,
        case schedule
            when 'next_day' then paid_on
            when 'semiweekly'
                then {{ days_later('paid_on', 'case ' ~ day_of_week('paid_on') ~ ' when 0 then 1 when 1 then 0'
                    ~ ' when 2 then 2 when 3 then 1 when 4 then 0 when 5 then 3 else 2 end') }}
            when 'monthly' then last_day(paid_on)
            else last_day(cast(
                cast(extract(year from paid_on) as string) || '-'
                || cast(extract(quarter from paid_on) * 3 as string) || '-01' as date
            ))
        end as ends_on
    from ruled

),

deposits as (

    select
        form,
        jurisdiction,
        schedule,
        sum(amount) as amount,
        ends_on,
        case schedule
            when 'monthly' then {{ days_later('ends_on', 15) }}
            when 'quarterly' then last_day({{ days_later('ends_on', 1) }})
            else ends_on
        end as counted_from_on
    from spans
    group by form, jurisdiction, schedule, ends_on

),

business_dates as (

    select business_dates.*
    from {{ ref('dim_business_dates') }} as business_dates
    inner join {{ ref('currency_calendars') }} as calendars
        on business_dates.calendar_code = calendars.calendar_code
    where calendars.currency = 'USD'

)

select
    {{ surrogate_key(['deposits.form', 'deposits.jurisdiction', 'deposits.schedule', 'deposits.ends_on']) }}
        as tax_deposit_id,
    deposits.form,
    deposits.jurisdiction,
    deposits.schedule,
    cast(deposits.amount as decimal(28, 5)) as amount,
    deposits.ends_on as span_ends_on,
    due_dates.date_on as deposit_due_on
from deposits
left join business_dates as counted_dates
    on deposits.counted_from_on = counted_dates.date_on
left join business_dates as due_dates
    on
        due_dates.is_business_day
        -- A day on which banks are closed has the number of the banking day before it.
        and due_dates.business_day_number = counted_dates.business_day_number + case
            when deposits.schedule = 'semiweekly' then 3
            when deposits.schedule = 'next_day' or not counted_dates.is_business_day then 1
            else 0
        end
