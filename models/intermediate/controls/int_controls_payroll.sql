{# Punches to payslips: every punch is used, a resend, a double or a question; worked time is paid; a payslip is the sum
   of its lines; nothing of a period that has ended is in question. #}
with punch_totals as (

    select * from {{ ref('int_punch_totals') }}

),

worked as (

    select
        pay_period_id,
        cast(sum(worked_seconds) as decimal(28, 5)) / 3600 as hours
    from {{ ref('int_worked_days') }}
    where
        pay_period_id is not null
        and rate_kind = 'hourly'
    group by pay_period_id

),

payslips as (

    select * from {{ ref('int_payslips') }}

),

paid_hours as (

    select
        payslips.pay_period_id,
        sum(hours.hours) as hours
    from {{ ref('int_payslip_hours') }} as hours
    inner join payslips
        on hours.payslip_id = payslips.payslip_id
    where
        hours.hours_kind = 'straight'
        and hours.rate_kind = 'hourly'
    group by payslips.pay_period_id

),

in_force as (

    select * from {{ ref('int_payslips_in_force') }}

),

lines as (

    select
        pay_period_id,
        sum(case when line_kind = 'employer_tax' then 0 else amount end) as amount
    from {{ ref('int_payslip_lines_in_force') }}
    group by pay_period_id

),

net_pay as (

    select
        pay_period_id,
        max(paid_on) as paid_on,
        sum(net_amount) as amount
    from in_force
    group by pay_period_id

),

questions as (

    select
        pay_period_id,
        sum(case when is_accepted then 0 else 1 end) as question_count
    from {{ ref('int_period_questions') }}
    group by pay_period_id

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

)

select
    'punches_accounted' as control_code,
    'punches' as scope,
    'rows' as measure,
    'Punches delivered against those used, resent, double and in question' as explanation,
    cast(punch_totals.delivered_count as decimal(28, 5)) as expected,
    cast(
        punch_totals.used_count + punch_totals.resend_count + punch_totals.double_count + punch_totals.question_count
        as decimal(28, 5)
    ) as actual,
    as_of_date.as_of_on as business_date
from punch_totals
cross join as_of_date
union all
select
    'hours_paid' as control_code,
    concat('pay period ', worked.pay_period_id) as scope,
    'hours' as measure,
    'Hours that hourly employees worked against hours on their payslips' as explanation,
    cast(round(worked.hours, 2) as decimal(28, 5)) as expected,
    cast(round(coalesce(paid_hours.hours, 0), 2) as decimal(28, 5)) as actual,
    pay_periods.paid_on as business_date
from worked
inner join pay_periods
    on worked.pay_period_id = pay_periods.pay_period_id
left join paid_hours
    on worked.pay_period_id = paid_hours.pay_period_id
union all
select
    'payslip_lines' as control_code,
    concat('pay period ', net_pay.pay_period_id) as scope,
    'amount' as measure,
    'Net pay of the payslips against the sum of their lines' as explanation,
    cast(net_pay.amount as decimal(28, 5)) as expected,
    cast(coalesce(lines.amount, 0) as decimal(28, 5)) as actual,
    net_pay.paid_on as business_date
from net_pay
left join lines
    on net_pay.pay_period_id = lines.pay_period_id
union all
select
    'period_questions' as control_code,
    concat('pay period ', questions.pay_period_id) as scope,
    'questions' as measure,
    'Punches and payslips in question that no decision accepts: tieout close-period lists them' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(questions.question_count as decimal(28, 5)) as actual,
    pay_periods.paid_on as business_date
from questions
inner join pay_periods
    on questions.pay_period_id = pay_periods.pay_period_id
cross join as_of_date
where pay_periods.paid_on <= as_of_date.as_of_on
