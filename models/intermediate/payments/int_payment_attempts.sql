{# Each payment in a file, with the bank's last word on it. Where an answer names no trace number and no payment, it
   is about every payment of the file. A rejection or return is final: a later acceptance does not take it back. #}
with payments as (

    select * from {{ ref('stg_payments__paid_payments') }}

),

answers as (

    select
        *,
        case
            when kind in ('return', 'reject') then 3
            when kind = 'change' then 2
            when kind = 'accepted' then 1
            else 0
        end as weight
    from {{ ref('stg_payments__payment_answers') }}

),

named as (

    {% for condition in [
        'payments.trace_number = answers.original_trace_number',
        'payments.payment_id = answers.end_to_end_id and answers.original_trace_number is null',
        "payments.file_reference = answers.original_message_id and answers.level in ('group', 'payment')"
        ~ " and answers.kind in ('accepted', 'reject')",
    ] -%}
    select
        payments.payment_id,
        answers.kind,
        answers.reason_code,
        answers.scheme,
        answers.weight,
        answers.load_id,
        answers.payment_answers_row_id,
        answers.answered_on
    from payments
    inner join answers
        on {{ condition }}
    {{- '' if loop.last else '\n    union\n    ' }}
    {%- endfor %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by payment_id
            order by weight desc, load_id desc, payment_answers_row_id desc
        ) as answer_rank
    from named

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
    ranked.kind as answer,
    ranked.scheme as answer_scheme,
    ranked.reason_code,
    payments.priority,
    payments.attempt,
    payments.amount,
    coalesce(ranked.kind in ('return', 'reject'), false) as has_come_back,
    payments.attempt = max(payments.attempt) over (
        partition by payments.payslip_id, payments.priority
    ) as is_last_attempt,
    payments.effective_on,
    ranked.answered_on
from payments
left join ranked
    on
        payments.payment_id = ranked.payment_id
        and ranked.answer_rank = 1
