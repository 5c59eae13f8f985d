with payments as (

    select * from {{ ref('int_payroll_payments') }}

),

reason_codes as (

    select * from {{ ref('payment_reason_codes') }}

)

select
    payments.payment_id,
    payments.payment_file_id,
    payments.file_reference,
    payments.payslip_id,
    payments.pay_period_id,
    payments.employee_id,
    payments.currency,
    payments.trace_number,
    payments.status,
    payments.reason_code,
    reason_codes.meaning as reason,
    reason_codes.next_step,
    payments.settled_by_item_id,
    payments.returned_by_item_id,
    payments.priority,
    payments.attempt,
    payments.amount,
    payments.effective_on,
    payments.settled_on,
    payments.returned_on
from payments
left join reason_codes
    on
        payments.answer_scheme = reason_codes.scheme
        and payments.reason_code = reason_codes.code
