{# Each payment in a file on its settlement date, and each that came back, on the day on which the bank told it, as an
   entry that moves cash. #}
with payments as (

    select * from {{ ref('int_payment_attempts') }}

)

select
    concat('payment/', payment_id) as entry_id,
    pay_period_id,
    payment_id,
    currency,
    'payroll_payment' as document_type,
    file_reference as reference,
    'net_pay_payable' as debit_role,
    'cash' as credit_role,
    amount,
    effective_on as posted_on
from payments
union all
select
    concat('return/', payment_id) as entry_id,
    pay_period_id,
    payment_id,
    currency,
    'payroll_return' as document_type,
    coalesce(trace_number, payment_id) as reference,
    'cash' as debit_role,
    'net_pay_payable' as credit_role,
    amount,
    greatest(effective_on, coalesce(answered_on, effective_on)) as posted_on
from payments
where has_come_back
