{# Each payment in a file with the bank line that settled it and the one that brought it back. #}
with attempts as (

    select * from {{ ref('int_payment_attempts') }}

),

reason_codes as (

    select * from {{ ref('payment_reason_codes') }}

),

cash_lines as (

    select * from {{ ref('int_payroll_cash_lines') }}

),

matched as (

    select
        item_id,
        match_id
    from {{ ref('int_items_matched') }}
    where is_standing

),

bank_lines as (

    select
        matched.match_id,
        min(items.item_id) as bank_item_id,
        max(items.item_on) as booked_on
    from matched
    inner join {{ ref('int_items') }} as items
        on matched.item_id = items.item_id
    where items.side = 'bank'
    group by matched.match_id

),

cleared as (

    select
        cash_lines.payment_id,
        cash_lines.document_type,
        bank_lines.bank_item_id,
        bank_lines.booked_on
    from cash_lines
    inner join matched
        on cash_lines.item_id = matched.item_id
    inner join bank_lines
        on matched.match_id = bank_lines.match_id

)

select
    attempts.payment_id,
    attempts.payment_file_id,
    attempts.file_reference,
    attempts.payslip_id,
    attempts.pay_period_id,
    attempts.employee_id,
    attempts.currency,
    attempts.trace_number,
    case
        when attempts.has_come_back and not attempts.is_last_attempt then 'reissued'
        when attempts.has_come_back and attempts.answer = 'return' then 'returned'
        when attempts.has_come_back then 'rejected'
        when settled.payment_id is not null then 'settled'
        else 'written'
    end as status,
    attempts.reason_code,
    reason_codes.meaning as reason,
    reason_codes.next_step,
    settled.bank_item_id as settled_by_item_id,
    returned.bank_item_id as returned_by_item_id,
    attempts.priority,
    attempts.attempt,
    attempts.amount,
    attempts.effective_on,
    settled.booked_on as settled_on,
    returned.booked_on as returned_on
from attempts
left join cleared as settled
    on
        attempts.payment_id = settled.payment_id
        and settled.document_type = 'payroll_payment'
left join cleared as returned
    on
        attempts.payment_id = returned.payment_id
        and returned.document_type = 'payroll_return'
left join reason_codes
    on
        attempts.answer_scheme = reason_codes.scheme
        and attempts.reason_code = reason_codes.code
