with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

payslips as (

    select
        pay_period_id,
        count(*) as payslip_count,
        sum(case when status = 'blocked' then 1 else 0 end) as blocked_count
    from {{ ref('fct_payslips') }}
    group by pay_period_id

),

questions as (

    select
        pay_period_id,
        count(*) as question_count
    from {{ ref('int_period_questions') }}
    where not is_accepted
    group by pay_period_id

),

payments as (

    select
        pay_period_id,
        count(*) as payment_count,
        sum(case when has_come_back and is_last_attempt then 1 else 0 end) as returned_count
    from {{ ref('int_payment_attempts') }}
    group by pay_period_id

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    pay_periods.pay_period_id,
    pay_periods.pay_group,
    pay_periods.currency,
    case
        when payments.pay_period_id is not null then 'paid'
        when closes.pay_period_id is not null then 'closed'
        else 'open'
    end as status,
    cast(payslips.payslip_count as integer) as payslip_count,
    cast(payslips.blocked_count as integer) as blocked_count,
    cast(coalesce(questions.question_count, 0) as integer) as question_count,
    cast(coalesce(payments.payment_count, 0) as integer) as payment_count,
    cast(coalesce(payments.returned_count, 0) as integer) as returned_count,
    pay_periods.paid_on <= as_of_date.as_of_on as has_payday_come,
    pay_periods.starts_on,
    pay_periods.ends_before_on,
    pay_periods.paid_on
from pay_periods
inner join payslips
    on pay_periods.pay_period_id = payslips.pay_period_id
left join closes
    on pay_periods.pay_period_id = closes.pay_period_id
left join questions
    on pay_periods.pay_period_id = questions.pay_period_id
left join payments
    on pay_periods.pay_period_id = payments.pay_period_id
cross join as_of_date
