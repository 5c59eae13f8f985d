{# What is due to the United States and to states, of closed periods. A deposit that would fall due on a day without
   banks is due on the next one with them; the days that a semiweekly depositor has are banking days. What a void takes
   back within its quarter lowers the deposit of the day on which it was made void; of an earlier quarter it is claimed
   by Form 941-X. #}
{#- The taxes of a form in turn. Those of 941 add up within a span until a day takes them to the amount that is due on
    the next banking day; then the count begins anew, and who deposited by the month does so semiweekly to the end of
    the next year. Those of 940 add up by quarters until they are more than may wait. -#}
{%- set is_semiweekly = '(request.is_semiweekly = 1 or request.tax_year <= so_far.semiweekly_to)' -%}
{%- set span_on = 'case when ' ~ is_semiweekly ~ ' then request.semiweekly_on else request.month_on end' -%}
{%- set accumulated = 'request.amount + case when so_far.span_on = ' ~ span_on
    ~ ' then so_far.accumulated else 0 end' -%}
{%- set is_next_day = accumulated ~ ' >= request.next_day_amount' -%}
{%- set waiting = 'request.amount + so_far.waiting' -%}
{%- set is_due = '(' ~ waiting ~ ' > request.futa_amount or request.tax_quarter = 4)' -%}
with years as (

    select distinct tax_year from {{ ref('int_closed_wages') }}

),

lines as (

    select
        case
            when closed.pay_item_code = 'FUTA' then '940'
            when pay_items.credit_role = 'state_tax_payable' then closed.pay_item_code
            else '941'
        end as form,
        case
            when pay_items.credit_role = 'state_tax_payable'
                then {{ regexp_replace_all('closed.payslip_line_id', '^.*/([A-Z][A-Z])$', '$1') }}
        end as jurisdiction,
        case closed.line_kind when 'employee_tax' then -closed.amount else closed.amount end as amount,
        closed.paid_on,
        voided.voided_on
    from {{ ref('int_closed_payslip_lines') }} as closed
    inner join years
        on cast(extract(year from closed.paid_on) as integer) = years.tax_year
    inner join {{ ref('pay_items') }} as pay_items
        on closed.pay_item_code = pay_items.pay_item_code
    left join {{ ref('int_voided_payslips') }} as voided
        on closed.payslip_id = voided.payslip_id
    where closed.line_kind in ('employee_tax', 'employer_tax')

),

with_voids as (

    select
        form,
        jurisdiction,
        amount,
        paid_on
    from lines
    union all
    select
        form,
        jurisdiction,
        -amount as amount,
        voided_on as paid_on
    from lines
    where
        extract(year from voided_on) = extract(year from paid_on)
        and extract(quarter from voided_on) = extract(quarter from paid_on)

),

by_payday as (

    select
        form,
        jurisdiction,
        sum(amount) as amount,
        paid_on
    from with_voids
    group by form, jurisdiction, paid_on

),

{# A semiweekly span ends on Friday or on Tuesday. #}
ruled as (

    select
        by_payday.form,
        by_payday.jurisdiction,
        cast(extract(year from by_payday.paid_on) as integer) as tax_year,
        cast(max(by_payday.amount) as decimal(28, 5)) as amount,
        cast(max(case when policies.policy_code = 'semiweekly_deposits' then policies.value end) as integer)
            as is_semiweekly,
        cast(max(case when policies.policy_code = 'next_day_deposit_amount' then policies.value end) as decimal(28, 5))
            as next_day_amount,
        by_payday.paid_on,
        last_day(by_payday.paid_on) as month_on,
        {{ days_later('by_payday.paid_on', 'case ' ~ day_of_week('by_payday.paid_on') ~ ' when 0 then 1 when 1 then 0'
            ~ ' when 2 then 2 when 3 then 1 when 4 then 0 when 5 then 3 else 2 end') }} as semiweekly_on,
        last_day(cast(
            cast(extract(year from by_payday.paid_on) as string) || '-'
            || lpad(cast(extract(quarter from by_payday.paid_on) * 3 as string), 2, '0') || '-01' as date
        )) as quarter_on
    from by_payday
    inner join {{ ref('payroll_policies') }} as policies
        on {{ in_force('policies', 'by_payday.paid_on') }}
    group by by_payday.form, by_payday.jurisdiction, by_payday.paid_on

),

paydays_of_941 as (

    select
        *,
        cast(row_number() over (order by paid_on) as integer) as request_number
    from ruled
    where form = '941'

),

folded_941 as (

    select
        {{ fold(
            'array_sort(array_agg(' ~ struct_of({
                'request_number': 'request_number', 'tax_year': 'tax_year', 'amount': 'amount',
                'is_semiweekly': 'is_semiweekly', 'next_day_amount': 'next_day_amount', 'month_on': 'month_on',
                'semiweekly_on': 'semiweekly_on',
            }) ~ '))',
            struct_of({
                'accumulated': 'cast(0 as decimal(28, 5))', 'semiweekly_to': '0', 'span_on': 'cast(null as date)',
                'semiweekly': no_amounts(), 'next_day': no_amounts(),
            }),
            struct_of({
                'accumulated': 'cast(case when ' ~ is_next_day ~ ' then 0 else ' ~ accumulated
                    ~ ' end as decimal(28, 5))',
                'semiweekly_to': 'cast(case when ' ~ is_next_day ~ ' then request.tax_year + 1'
                    ~ ' else so_far.semiweekly_to end as integer)',
                'span_on': span_on,
                'semiweekly': 'array_append(so_far.semiweekly, cast(case when ' ~ is_semiweekly
                    ~ ' then 1 else 0 end as decimal(28, 5)))',
                'next_day': 'array_append(so_far.next_day, cast(case when ' ~ is_next_day
                    ~ ' then 1 else 0 end as decimal(28, 5)))',
            }),
        ) }} as result
    from paydays_of_941

),

judged_941 as (

    select
        paydays_of_941.*,
        {{ element_of('folded_941.result.semiweekly', 'paydays_of_941.request_number') }} = 1 as is_then_semiweekly,
        {{ element_of('folded_941.result.next_day', 'paydays_of_941.request_number') }} = 1 as is_next_day
    from paydays_of_941
    cross join folded_941

),

spans_of_941 as (

    select
        amount,
        paid_on,
        case when is_then_semiweekly then 'semiweekly' else 'monthly' end as schedule,
        case when is_then_semiweekly then semiweekly_on else month_on end as span_on,
        case when is_next_day then paid_on end as next_day_on
    from judged_941

),

{# What a day of 100,000 takes with it is all that its span had so far. #}
next_days as (

    select
        *,
        min(next_day_on) over (
            partition by schedule, span_on order by paid_on rows between current row and unbounded following
        ) as taken_on
    from spans_of_941

),

quarters as (

    {% for quarter in [1, 2, 3, 4] -%}
    select
        tax_year,
        {{ quarter }} as tax_quarter,
        last_day(cast(cast(tax_year as string) || '-{{ '%02d' | format(quarter * 3) }}-01' as date)) as quarter_on
    from years
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

taxes_of_940 as (

    select
        quarter_on,
        sum(amount) as amount
    from ruled
    where form = '940'
    group by quarter_on

),

quarters_of_940 as (

    select
        quarters.tax_year,
        quarters.tax_quarter,
        quarters.quarter_on,
        cast(coalesce(max(taxes.amount), 0) as decimal(28, 5)) as amount,
        cast(coalesce(max(policies.value), 0) as decimal(28, 5)) as futa_amount
    from quarters
    left join taxes_of_940 as taxes
        on quarters.quarter_on = taxes.quarter_on
    left join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'futa_deposit_amount'
            and {{ in_force('policies', 'quarters.quarter_on') }}
    group by quarters.tax_year, quarters.tax_quarter, quarters.quarter_on

),

folded_940 as (

    select
        tax_year,
        {{ fold(
            'array_sort(array_agg(' ~ struct_of({
                'tax_quarter': 'tax_quarter', 'amount': 'amount', 'futa_amount': 'futa_amount',
            }) ~ '))',
            struct_of({'waiting': 'cast(0 as decimal(28, 5))', 'due': no_amounts()}),
            struct_of({
                'waiting': 'cast(case when ' ~ is_due ~ ' then 0 else ' ~ waiting ~ ' end as decimal(28, 5))',
                'due': 'array_append(so_far.due, cast(case when ' ~ is_due ~ ' then ' ~ waiting
                    ~ ' else 0 end as decimal(28, 5)))',
            }),
        ) }} as result
    from quarters_of_940
    group by tax_year

),

deposits as (

    select
        '941' as form,
        cast(null as string) as jurisdiction,
        case when taken_on is null then schedule else 'next_day' end as schedule,
        amount,
        coalesce(taken_on, span_on) as ends_on,
        case
            when taken_on is not null then taken_on
            when schedule = 'monthly' then {{ days_later('span_on', 15) }}
            else span_on
        end as counted_from_on,
        case when taken_on is not null then 1 when schedule = 'semiweekly' then 3 end as banking_days
    from next_days
    union all
    select
        '940' as form,
        cast(null as string) as jurisdiction,
        'quarterly' as schedule,
        {{ element_of('folded.result.due', 'quarters.tax_quarter') }} as amount,
        quarters.quarter_on as ends_on,
        last_day({{ days_later('quarters.quarter_on', 1) }}) as counted_from_on,
        cast(null as integer) as banking_days
    from quarters_of_940 as quarters
    inner join folded_940 as folded
        on quarters.tax_year = folded.tax_year
    where {{ element_of('folded.result.due', 'quarters.tax_quarter') }} <> 0
    union all
    select
        taxes.form,
        taxes.jurisdiction,
        coalesce(rules.schedule, case taxes.form when 'SUTA' then 'quarterly' else 'unknown' end) as schedule,
        taxes.amount,
        case rules.schedule
            when 'payday' then taxes.paid_on
            when 'monthly' then taxes.month_on
            else taxes.quarter_on
        end as ends_on,
        case
            when rules.schedule = 'payday' then taxes.paid_on
            when rules.schedule = 'monthly' and rules.due_day is not null
                then {{ days_later('taxes.month_on', 'rules.due_day') }}
            when rules.schedule = 'monthly' then last_day({{ days_later('taxes.month_on', 1) }})
            when rules.due_day is not null then {{ days_later('taxes.quarter_on', 'rules.due_day') }}
            when rules.schedule is not null or taxes.form = 'SUTA'
                then last_day({{ days_later('taxes.quarter_on', 1) }})
        end as counted_from_on,
        rules.banking_days
    from ruled as taxes
    left join {{ ref('state_deposits') }} as rules
        on
            taxes.form = rules.pay_item_code
            and taxes.jurisdiction = rules.jurisdiction
            and {{ in_force('rules', 'taxes.paid_on') }}
    where taxes.form not in ('941', '940')

),

summed as (

    select
        form,
        jurisdiction,
        schedule,
        sum(amount) as amount,
        ends_on,
        counted_from_on,
        banking_days
    from deposits
    group by form, jurisdiction, schedule, ends_on, counted_from_on, banking_days

),

business_dates as (

    select business_dates.*
    from {{ ref('dim_business_dates') }} as business_dates
    inner join {{ ref('currency_calendars') }} as calendars
        on business_dates.calendar_code = calendars.calendar_code
    where calendars.currency = 'USD'

)

select
    {{ surrogate_key(['summed.form', 'summed.jurisdiction', 'summed.schedule', 'summed.ends_on']) }} as tax_deposit_id,
    summed.form,
    summed.jurisdiction,
    summed.schedule,
    cast(summed.amount as decimal(28, 5)) as amount,
    summed.ends_on as span_ends_on,
    due_dates.date_on as deposit_due_on
from summed
left join business_dates as counted_dates
    on summed.counted_from_on = counted_dates.date_on
left join business_dates as due_dates
    on
        due_dates.is_business_day
        -- A day on which banks are closed has the number of the banking day before it.
        and due_dates.business_day_number = counted_dates.business_day_number + case
            when summed.banking_days is not null then summed.banking_days
            when not counted_dates.is_business_day then 1
            else 0
        end
where summed.amount <> 0
