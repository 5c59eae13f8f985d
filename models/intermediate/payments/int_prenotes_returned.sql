with sent_prenotes as (

    select * from {{ ref('stg_payments__sent_prenotes') }}

),

returns as (

    select
        original_trace_number,
        max(reason_code) as reason_code
    from {{ ref('stg_payments__payment_answers') }}
    where kind = 'return'
    group by original_trace_number

)

select
    sent_prenotes.prenote_id,
    sent_prenotes.employee_id,
    returns.reason_code
from sent_prenotes
inner join returns
    on sent_prenotes.trace_number = returns.original_trace_number
