{{ config(materialized='batched') }}

with closes as (

    select * from {{ ref('int_pay_periods_closed') }}
    where {{ batching.in_batch('paid_on', ref('int_closed_payday_batches')) }}

),

payslips as (

    select * from {{ ref('stg_payroll__closed_payslips') }}

)

select
    payslips.payslip_id,
    payslips.pay_period_id,
    payslips.employee_id,
    payslips.pay_group,
    payslips.department,
    payslips.work_state,
    payslips.income_tax_state,
    payslips.other_work_state,
    payslips.other_income_tax_state,
    payslips.currency,
    payslips.status,
    payslips.blocked_reason,
    payslips.gross_amount,
    payslips.pretax_amount,
    payslips.employee_tax_amount,
    payslips.garnishment_amount,
    payslips.posttax_amount,
    payslips.net_amount,
    payslips.employer_tax_amount,
    payslips.other_state_percentage,
    payslips.paid_on
from payslips
inner join closes
    on payslips.close_id = closes.close_id
