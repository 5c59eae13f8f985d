with candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

blocked as (

    select distinct payslip_id from {{ ref('int_payslip_blocks') }}

),

gross as (

    select
        payslip_id,
        cast(sum(amount) as decimal(28, 5)) as gross_amount
    from {{ ref('int_earnings') }}
    group by payslip_id

)

select
    candidates.payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    candidates.work_state,
    candidates.income_tax_state,
    candidates.other_work_state,
    candidates.other_income_tax_state,
    candidates.periods_per_year,
    candidates.tax_year,
    candidates.other_state_percentage,
    coalesce(gross.gross_amount, cast(0 as decimal(28, 5))) as gross_amount,
    candidates.paid_on
from candidates
left join blocked
    on candidates.payslip_id = blocked.payslip_id
left join gross
    on candidates.payslip_id = gross.payslip_id
where
    blocked.payslip_id is null
    and (gross.payslip_id is not null or not candidates.is_only_if_owed)
