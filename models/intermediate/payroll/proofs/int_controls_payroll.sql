{# Punches to payslips: every punch is used, a resend, a double or a question; every hour of a shift is one of a day;
   hours worked are paid, or wait with a blocked payslip; one-time items, leave and what closed periods owe stand on
   one; a payslip is the sum of its lines; nothing of a period that has ended is in question; the forms of a year are
   its payslips. No amount stands here: a pay period may be one person's. #}
with shifts as (

    select
        2 * count(*) as punch_count,
        cast(sum({{ seconds_between('punched_at', 'next_punched_at') }}) as bigint) as worked_seconds
    from {{ ref('int_punch_pairs') }}
    where direction = 'in' and reason is null

),

punches_delivered as (

    select count(*) as punch_count from {{ ref('stg_payroll__punches') }}

),

{# Used in a shift, resent, double by hand, in question. #}
punches_accounted as (

    select punch_count from shifts
    union all
    select sum(delivered_count - 1) as punch_count from {{ ref('int_punches') }}
    union all
    select count(*) as punch_count from {{ ref('int_punches_in_order') }}
    where is_double and not is_neighbour
    union all
    select count(*) as punch_count from {{ ref('int_punch_questions') }}

),

punches as (

    select
        max(punches_delivered.punch_count) as delivered_count,
        sum(punches_accounted.punch_count) as accounted_count
    from punches_delivered
    cross join punches_accounted

),

worked_days as (

    select cast(sum(worked_seconds) as bigint) as worked_seconds
    from {{ ref('int_worked_days') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

calendars as (

    {{ calendars() }}

),

worked as (

    select
        worked_days.pay_period_id,
        worked_days.employee_id,
        cast(sum(worked_days.worked_seconds) as bigint) as worked_seconds
    from {{ ref('int_worked_days') }} as worked_days
    cross join as_of_date
    left join calendars
        on worked_days.pay_group = calendars.pay_group
    where
        coalesce(worked_days.rate_kind, 'hourly') = 'hourly'
        and (
            worked_days.pay_period_id is not null
            or {{ is_day_unpaid('worked_days.worked_on', 'as_of_date.as_of_on') }}
        )
    group by worked_days.pay_period_id, worked_days.employee_id

),

voided as (

    select * from {{ ref('int_voided_payslips') }}

),

{# A void payslip pays nothing: its earnings are owed. #}
lines_that_count as (

    select payslip_lines.*
    from {{ ref('fct_payslip_lines') }} as payslip_lines
    left join voided
        on payslip_lines.payslip_id = voided.payslip_id
    where voided.payslip_id is null

),

{# A correction pays hours of the period that it corrects, or takes them back, once its payslip is not blocked. #}
hours_of_lines as (

    select
        coalesce(corrects_pay_period_id, pay_period_id) as pay_period_id,
        employee_id,
        hours
    from lines_that_count
    where pay_item_code = 'REG'
    union all
    select
        corrections.corrects_pay_period_id as pay_period_id,
        corrections.employee_id,
        corrections.hours
    from {{ ref('int_earning_corrections') }} as corrections
    inner join {{ ref('fct_payslips') }} as payslips
        on corrections.payslip_id = payslips.payslip_id
    where
        corrections.pay_item_code = 'REG'
        and payslips.status = 'blocked'

),

{# Lines show hours with five decimals, enough for a second. #}
paid as (

    select
        pay_period_id,
        employee_id,
        sum(cast(round(hours * 3600, 0) as bigint)) as paid_seconds
    from hours_of_lines
    group by pay_period_id, employee_id

),

hours as (

    select
        coalesce(worked.pay_period_id, paid.pay_period_id) as pay_period_id,
        sum(coalesce(worked.worked_seconds, 0)) as worked_seconds,
        sum(
            coalesce(
                paid.paid_seconds, case when payslips.status = 'blocked' then worked.worked_seconds end, 0
            )
        ) as paid_or_waiting_seconds
    from worked
    full outer join paid
        on
            worked.pay_period_id = paid.pay_period_id
            and worked.employee_id = paid.employee_id
    left join {{ ref('fct_payslips') }} as payslips
        on
            worked.pay_period_id = payslips.pay_period_id
            and worked.employee_id = payslips.employee_id
    group by coalesce(worked.pay_period_id, paid.pay_period_id)

),

{# Earnings by pay period, employee and pay item: as calculated today, and on lines or waiting with a blocked one. #}
earnings_calculated as (

    select
        candidates.pay_period_id,
        candidates.employee_id,
        calculated.pay_item_code,
        sum(calculated.amount) as amount
    from {{ ref('int_earnings_calculated') }} as calculated
    inner join {{ ref('int_payslip_candidates') }} as candidates
        on calculated.payslip_id = candidates.payslip_id
    group by candidates.pay_period_id, candidates.employee_id, calculated.pay_item_code

),

earnings_of_lines as (

    select
        case
            when payslip_line_id like '%/corrects/%' then corrects_pay_period_id
            else pay_period_id
        end as pay_period_id,
        employee_id,
        pay_item_code,
        amount
    from lines_that_count
    where line_kind = 'earning' and not (pay_item_code = 'LEAVEPAY' and payslip_line_id like '%/LEAVEPAY/left/%')
    union all
    select
        corrections.corrects_pay_period_id as pay_period_id,
        corrections.employee_id,
        corrections.pay_item_code,
        corrections.amount
    from {{ ref('int_earning_corrections') }} as corrections
    inner join {{ ref('fct_payslips') }} as payslips
        on corrections.payslip_id = payslips.payslip_id
    where payslips.status = 'blocked'

),

earnings_paid as (

    select
        pay_period_id,
        employee_id,
        pay_item_code,
        sum(amount) as amount
    from earnings_of_lines
    group by pay_period_id, employee_id, pay_item_code

),

items_of_lines as (

    select distinct
        payslip_id,
        pay_item_code
    from lines_that_count

),

leave_taken as (

    {{ newest_rows('stg_payroll__leave', ['employee_id', 'leave_on', 'pay_item_code']) }}

),

amounts as (

    select
        coalesce(earnings_calculated.pay_period_id, earnings_paid.pay_period_id) as pay_period_id,
        coalesce(payslips.status = 'blocked', false)
        or coalesce(earnings_calculated.amount, 0) = coalesce(earnings_paid.amount, 0) as has_home
    from earnings_calculated
    full outer join earnings_paid
        on
            earnings_calculated.pay_period_id = earnings_paid.pay_period_id
            and earnings_calculated.employee_id = earnings_paid.employee_id
            and earnings_calculated.pay_item_code = earnings_paid.pay_item_code
    left join {{ ref('fct_payslips') }} as payslips
        on
            earnings_calculated.pay_period_id = payslips.pay_period_id
            and earnings_calculated.employee_id = payslips.employee_id
    union all
    select
        payslips.pay_period_id,
        payslips.status = 'blocked' or items_of_lines.payslip_id is not null as has_home
    from {{ ref('int_one_time_items_current') }} as items
    left join {{ ref('fct_payslips') }} as payslips
        on
            items.pay_period_id = payslips.pay_period_id
            and items.employee_id = payslips.employee_id
    left join items_of_lines
        on
            payslips.payslip_id = items_of_lines.payslip_id
            and items.pay_item_code = items_of_lines.pay_item_code
    left join {{ ref('pay_items') }} as pay_items
        on items.pay_item_code = pay_items.pay_item_code
    where
        payslips.payslip_id is null
        or coalesce(pay_items.line_kind <> 'earning', true)
    union all
    select
        leave_balances.pay_period_id,
        coalesce(payslips.status = 'blocked', false) or items_of_lines.payslip_id is not null as has_home
    from {{ ref('int_leave_balances') }} as leave_balances
    left join {{ ref('fct_payslips') }} as payslips
        on leave_balances.payslip_id = payslips.payslip_id
    left join items_of_lines
        on
            leave_balances.payslip_id = items_of_lines.payslip_id
            and items_of_lines.pay_item_code = 'LEAVEPAY'
    where leave_balances.paid_hours > 0
    union all
    select
        leave_days.pay_period_id,
        leave_days.pay_period_id is not null as has_home
    from leave_taken
    cross join as_of_date
    left join {{ ref('int_leave_days') }} as leave_days
        on
            leave_taken.employee_id = leave_days.employee_id
            and leave_taken.leave_on = leave_days.leave_on
            and leave_taken.pay_item_code = leave_days.pay_item_code
    left join calendars
        on leave_days.pay_group = calendars.pay_group
    where
        leave_days.pay_period_id is not null
        or leave_days.employee_id is null
        or {{ is_day_unpaid('leave_taken.leave_on', 'as_of_date.as_of_on') }}

),

amounts_by_period as (

    select
        pay_period_id,
        count(*) as amount_count,
        sum(case when has_home then 1 else 0 end) as home_count
    from amounts
    group by pay_period_id

),

line_sums as (

    select
        payslip_id,
        {%- for kind in ['earning', 'pretax', 'employee_tax', 'garnishment', 'posttax', 'employer_tax'] %}
        sum(case when line_kind = '{{ kind }}' then amount else 0 end) as {{ kind }}_amount,
        {%- endfor %}
        sum(case when line_kind = 'employer_tax' then 0 else amount end) as net_amount
    from {{ ref('fct_payslip_lines') }}
    group by payslip_id

),

payslips as (

    select
        payslips.pay_period_id,
        max(payslips.paid_on) as paid_on,
        count(*) as payslip_count,
        sum(
            case
                when
                    payslips.gross_amount = coalesce(line_sums.earning_amount, 0)
                    and payslips.pretax_amount = coalesce(line_sums.pretax_amount, 0)
                    and payslips.employee_tax_amount = coalesce(line_sums.employee_tax_amount, 0)
                    and payslips.garnishment_amount = coalesce(line_sums.garnishment_amount, 0)
                    and payslips.posttax_amount = coalesce(line_sums.posttax_amount, 0)
                    and payslips.employer_tax_amount = coalesce(line_sums.employer_tax_amount, 0)
                    and payslips.net_amount = coalesce(line_sums.net_amount, 0)
                    then 1
                else 0
            end
        ) as adding_up_count
    from {{ ref('fct_payslips') }} as payslips
    left join line_sums
        on payslips.payslip_id = line_sums.payslip_id
    group by payslips.pay_period_id

),

questions as (

    select
        pay_period_id,
        sum(case when is_accepted then 0 else 1 end) as question_count
    from {{ ref('int_period_questions') }}
    group by pay_period_id

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

tax_forms as (

    select * from {{ ref('fct_tax_forms') }}

),

tax_years as (

    select distinct tax_year from tax_forms

),

{# A year begun elsewhere has a W-2 of the whole, and returns of its quarters here. #}
years_begun_elsewhere as (

    select distinct tax_year from {{ ref('int_opening_balances') }}

),

{# Each sum of the year from one side, and less what it is on the other: the taxes of an employee on payslips and on the
   W-2, boxes of W-3 and lines of the four 941s, and lines of the forms and the journal. #}
sides_of_year as (

    select
        tax_year,
        'employee ' || employee_id as subject,
        false as is_of_company,
        amount
    from tax_forms
    where
        form = 'W-2'
        and line_code in ('2', '4', '6', '14', '17')
    union all
    select
        balances.tax_year,
        'employee ' || balances.employee_id as subject,
        false as is_of_company,
        -balances.amount as amount
    from {{ ref('int_opening_balances') }} as balances
    inner join {{ ref('pay_items') }} as pay_items
        on balances.code = pay_items.pay_item_code
    where
        balances.balance_kind = 'item'
        and not balances.is_total
        and pay_items.line_kind = 'employee_tax'
    union all
    select
        cast(extract(year from paid_on) as integer) as tax_year,
        'employee ' || employee_id as subject,
        false as is_of_company,
        employee_tax_amount as amount
    from {{ ref('fct_payslips') }}
    where is_closed and status <> 'void'
    union all
    {% for subject, boxes, lines in [
        ('wages', "'1'", "'2'"), ('income tax', "'2'", "'3'"), ('social security wages', "'3', '7'", "'5a', '5b'"),
        ('Medicare wages', "'5'", "'5c'"),
    ] -%}
    select
        tax_year,
        '{{ subject }}' as subject,
        true as is_of_company,
        case form when 'W-3' then amount else -amount end as amount
    from tax_forms
    where
        (form = 'W-3' and line_code in ({{ boxes }}))
        or (form = '941' and line_code in ({{ lines }}) and coalesce(code, '') <> 'column 2')
    union all
    {% endfor -%}
    select
        tax_year,
        case form when '941' then 'federal taxes' else 'state contributions' end as subject,
        false as is_of_company,
        amount
    from tax_forms
    where
        (form = '941' and line_code = '12')
        or (form = 'SUTA' and line_code = 'tax')
    union all
    select
        tax_year,
        case
            when form = '940' then 'federal unemployment tax'
            when form = 'W-2' then 'contributions to states'
            else 'state income tax'
        end as subject,
        true as is_of_company,
        amount
    from tax_forms
    where
        (form = '940' and line_code = '12')
        or (form = 'W-2' and line_code = '14')
        or (form = 'W-3' and line_code = '17')
    union all
    select
        cast(extract(year from coalesce(voided.paid_on, journal.posted_on)) as integer) as tax_year,
        case journal.line_code
            when 'SUTA' then 'state contributions'
            when 'FUTA' then 'federal unemployment tax'
            when 'SIT' then 'state income tax'
            else case
                when journal.account_role = 'federal_tax_payable' then 'federal taxes'
                else 'contributions to states'
            end
        end as subject,
        journal.line_code in ('FUTA', 'SIT')
        or (journal.account_role = 'state_tax_payable' and journal.line_code <> 'SUTA') as is_of_company,
        journal.amount
    from {{ ref('fct_payroll_journal_lines') }} as journal
    left join voided
        on journal.entry_id = 'void/' || voided.payslip_id
    where
        journal.account_role in ('federal_tax_payable', 'state_tax_payable')
        and journal.document_type in ('payroll', 'payroll_void')

),

sums_of_year as (

    select
        sides.tax_year,
        sides.subject,
        sum(sides.amount) as difference
    from sides_of_year as sides
    inner join tax_years
        on sides.tax_year = tax_years.tax_year
    left join years_begun_elsewhere
        on sides.tax_year = years_begun_elsewhere.tax_year
    where not (sides.is_of_company and years_begun_elsewhere.tax_year is not null)
    group by sides.tax_year, sides.subject

),

years as (

    select
        tax_year,
        count(*) as sum_count,
        sum(case when difference = 0 then 1 else 0 end) as equal_count
    from sums_of_year
    group by tax_year

)

select
    'punches_accounted' as control_code,
    'punches' as scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Punches delivered against those used, resent, double and in question' as explanation,
    cast(punches.delivered_count as decimal(28, 5)) as expected,
    cast(punches.accounted_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from punches
cross join as_of_date
union all
select
    'hours_placed' as control_code,
    'punches' as scope,
    'hours' as measure,
    cast(null as string) as currency,
    'Hours from in to out of the shifts against hours of days worked' as explanation,
    {{ hours_of('coalesce(shifts.worked_seconds, 0)') }} as expected,
    {{ hours_of('coalesce(worked_days.worked_seconds, 0)') }} as actual,
    as_of_date.as_of_on as business_date
from shifts
cross join worked_days
cross join as_of_date
union all
select
    'hours_paid' as control_code,
    coalesce('pay period ' || hours.pay_period_id, 'no pay period') as scope,
    'hours' as measure,
    cast(null as string) as currency,
    'Hours worked at hourly rates against hours on payslips, and those that wait with a blocked payslip' as explanation,
    {{ hours_of('hours.worked_seconds') }} as expected,
    {{ hours_of('hours.paid_or_waiting_seconds') }} as actual,
    coalesce(pay_periods.paid_on, as_of_date.as_of_on) as business_date
from hours
cross join as_of_date
left join pay_periods
    on hours.pay_period_id = pay_periods.pay_period_id
union all
select
    'amounts_paid' as control_code,
    coalesce('pay period ' || amounts_by_period.pay_period_id, 'no pay period') as scope,
    'amounts' as measure,
    cast(null as string) as currency,
    'Earnings, one-time items and leave against those on payslips and those that wait with a blocked one'
        as explanation,
    cast(amounts_by_period.amount_count as decimal(28, 5)) as expected,
    cast(amounts_by_period.home_count as decimal(28, 5)) as actual,
    coalesce(pay_periods.paid_on, as_of_date.as_of_on) as business_date
from amounts_by_period
cross join as_of_date
left join pay_periods
    on amounts_by_period.pay_period_id = pay_periods.pay_period_id
union all
select
    'payslip_lines' as control_code,
    concat('pay period ', pay_period_id) as scope,
    'payslips' as measure,
    cast(null as string) as currency,
    'Payslips against those whose lines add up to each of their totals' as explanation,
    cast(payslip_count as decimal(28, 5)) as expected,
    cast(adding_up_count as decimal(28, 5)) as actual,
    paid_on as business_date
from payslips
union all
select
    'period_questions' as control_code,
    concat('pay period ', questions.pay_period_id) as scope,
    'questions' as measure,
    cast(null as string) as currency,
    'Punches and payslips in question that no decision accepts: tieout close-period lists them' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(questions.question_count as decimal(28, 5)) as actual,
    pay_periods.paid_on as business_date
from questions
inner join pay_periods
    on questions.pay_period_id = pay_periods.pay_period_id
cross join as_of_date
where pay_periods.paid_on <= as_of_date.as_of_on
union all
select
    'year_end' as control_code,
    'tax year ' || cast(years.tax_year as string) as scope,
    'sums' as measure,
    cast(null as string) as currency,
    'Sums of payslips, W-2s, the four 941s, 940 and the journal against those that agree' as explanation,
    cast(years.sum_count as decimal(28, 5)) as expected,
    cast(years.equal_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from years
cross join as_of_date
