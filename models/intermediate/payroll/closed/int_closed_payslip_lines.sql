{{ config(materialized='batched') }}

with closes as (

    select * from {{ ref('int_pay_periods_closed') }}
    where {{ batching.in_batch('paid_on', ref('int_closed_payday_batches')) }}

),

lines as (

    select * from {{ ref('stg_payroll__closed_payslip_lines') }}

)

select
    lines.payslip_line_id,
    lines.payslip_id,
    lines.pay_period_id,
    lines.employee_id,
    lines.pay_item_code,
    lines.corrects_pay_period_id,
    lines.line_kind,
    lines.currency,
    lines.explanation,
    lines.line_order,
    lines.hours,
    lines.rate,
    lines.basis_amount,
    lines.amount,
    lines.balance_hours,
    closes.paid_on
from lines
inner join closes
    on lines.close_id = closes.close_id
