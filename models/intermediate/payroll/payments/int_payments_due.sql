{# What is to be paid now: the accounts of closed payslips that were never paid, and payments that came back and that a
   decision says to pay again, to the account as HR gives it now. Of a void payslip nothing is, and of one with an account
   that came after the close nothing until that is accepted. #}
with splits as (

    select
        splits.*,
        {{ account_key('splits') }} as account_key
    from {{ ref('int_payslip_splits') }} as splits
    where splits.is_closed

),

attempts as (

    select * from {{ ref('int_payment_attempts') }}

),

paid_payslips as (

    select distinct payslip_id from attempts

),

waiting as (

    select distinct splits.payslip_id
    from splits
    inner join {{ ref('int_period_questions') }} as questions
        on {{ late_account_id('splits') }} = questions.question_id
    where not questions.is_accepted

),

reissued as (

    select subject as payment_id
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'reissue'
        and is_latest

),

due as (

    select
        splits.payslip_id,
        splits.priority,
        1 as attempt,
        splits.amount
    from splits
    left join paid_payslips
        on splits.payslip_id = paid_payslips.payslip_id
    left join waiting
        on splits.payslip_id = waiting.payslip_id
    where
        paid_payslips.payslip_id is null
        and waiting.payslip_id is null
    union all
    select
        attempts.payslip_id,
        attempts.priority,
        attempts.attempt + 1 as attempt,
        attempts.amount
    from attempts
    inner join reissued
        on attempts.payment_id = reissued.payment_id
    where
        attempts.is_last_attempt
        and attempts.has_come_back

),

employees as (

    select * from {{ ref('dim_employees') }}

),

details as (

    select
        *,
        row_number() over (partition by employee_id, priority order by effective_on desc) as recency
    from {{ ref('int_bank_details_current') }}

),

payslips as (

    select * from {{ ref('fct_payslips') }}
    where status <> 'void'

),

names as (

    select
        employee_id,
        name,
        row_number() over (partition by employee_id order by effective_on desc) as recency
    from employees

),

splits_or_details as (

    select
        due.payslip_id,
        due.priority,
        due.attempt,
        due.amount,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.currency,
        payslips.paid_on,
        case when due.attempt = 1 then splits.routing_number else details.routing_number end as routing_number,
        case when due.attempt = 1 then splits.account_number else details.account_number end as account_number,
        case when due.attempt = 1 then splits.account_kind else details.account_kind end as account_kind,
        case when due.attempt = 1 then splits.bic else details.bic end as bic,
        case when due.attempt = 1 then splits.iban else details.iban end as iban
    from due
    inner join payslips
        on due.payslip_id = payslips.payslip_id
    left join splits
        on
            due.payslip_id = splits.payslip_id
            and due.priority = splits.priority
    left join details
        on
            payslips.employee_id = details.employee_id
            and due.priority = details.priority
            and details.recency = 1

)

select
    'P'
    || upper(
        left(
            {{ surrogate_key(
                ['splits_or_details.payslip_id', 'splits_or_details.priority', 'splits_or_details.attempt']
            ) }},
            14
        )
    ) as payment_id,
    splits_or_details.payslip_id,
    splits_or_details.pay_period_id,
    splits_or_details.employee_id,
    splits_or_details.currency,
    names.name,
    splits_or_details.routing_number,
    splits_or_details.account_number,
    splits_or_details.account_kind,
    splits_or_details.bic,
    splits_or_details.iban,
    splits_or_details.priority,
    splits_or_details.attempt,
    splits_or_details.amount,
    splits_or_details.paid_on
from splits_or_details
left join names
    on
        splits_or_details.employee_id = names.employee_id
        and names.recency = 1
