{# A void counts from its decision on, for the close that stood then: a period that was reopened and closed again has
   other payslips. Nothing takes it back; what is owed after it is paid anew. #}
with closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

payslips as (

    select * from {{ ref('int_closed_payslips') }}

),

decisions as (

    select * from {{ ref('int_decision_subjects') }}
    where decision = 'void_payslip' and is_in_force

),

voided as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        decisions.decision_id,
        decisions.load_id as voided_with,
        payslips.paid_on,
        greatest(cast(decisions.decided_at as date), payslips.paid_on) as voided_on,
        row_number() over (
            partition by payslips.payslip_id order by decisions.load_id, decisions.decision_id
        ) as place
    from payslips
    inner join closes
        on payslips.pay_period_id = closes.pay_period_id
    inner join decisions
        on
            payslips.payslip_id = decisions.subject
            and closes.close_id < decisions.load_id

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    decision_id,
    voided_with,
    paid_on,
    voided_on
from voided
where place = 1
