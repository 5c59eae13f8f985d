{# Closed periods as they were closed, open ones as they are calculated. #}
with closed as (

    select
        payslips.*,
        voided.voided_on
    from {{ ref('int_closed_payslips') }} as payslips
    left join {{ ref('int_voided_payslips') }} as voided
        on payslips.payslip_id = voided.payslip_id

),

candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

blocks as (

    select
        payslip_id,
        min(reason) as first_reason,
        count(*) as reason_count
    from {{ ref('int_payslip_blocks') }}
    group by payslip_id

),

earnings as (

    select distinct payslip_id from {{ ref('int_earnings') }}

),

lines as (

    select
        payslip_id,
        {%- for kind in ['earning', 'pretax', 'employee_tax', 'garnishment', 'posttax', 'employer_tax'] %}
        cast(sum(case when line_kind = '{{ kind }}' then amount else 0 end) as decimal(28, 5)) as {{ kind }}_amount,
        {%- endfor %}
        cast(sum(case when line_kind = 'employer_tax' then 0 else amount end) as decimal(28, 5)) as net_amount
    from {{ ref('fct_payslip_lines') }}
    where not is_closed
    group by payslip_id

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    pay_group,
    department,
    work_state,
    income_tax_state,
    other_work_state,
    other_income_tax_state,
    currency,
    case when voided_on is null then status else 'void' end as status,
    blocked_reason,
    gross_amount,
    pretax_amount,
    employee_tax_amount,
    garnishment_amount,
    posttax_amount,
    net_amount,
    employer_tax_amount,
    other_state_percentage,
    true as is_closed,
    paid_on,
    voided_on
from closed
union all
select
    candidates.payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    candidates.pay_group,
    candidates.department,
    candidates.work_state,
    candidates.income_tax_state,
    candidates.other_work_state,
    candidates.other_income_tax_state,
    candidates.currency,
    case when blocks.payslip_id is null then 'calculated' else 'blocked' end as status,
    blocks.first_reason
    || case
        when blocks.reason_count > 1 then ' (and ' || cast(blocks.reason_count - 1 as string) || ' more)' else ''
    end as blocked_reason,
    coalesce(lines.earning_amount, cast(0 as decimal(28, 5))) as gross_amount,
    coalesce(lines.pretax_amount, cast(0 as decimal(28, 5))) as pretax_amount,
    coalesce(lines.employee_tax_amount, cast(0 as decimal(28, 5))) as employee_tax_amount,
    coalesce(lines.garnishment_amount, cast(0 as decimal(28, 5))) as garnishment_amount,
    coalesce(lines.posttax_amount, cast(0 as decimal(28, 5))) as posttax_amount,
    coalesce(lines.net_amount, cast(0 as decimal(28, 5))) as net_amount,
    coalesce(lines.employer_tax_amount, cast(0 as decimal(28, 5))) as employer_tax_amount,
    candidates.other_state_percentage,
    false as is_closed,
    candidates.paid_on,
    cast(null as date) as voided_on
from candidates
left join blocks
    on candidates.payslip_id = blocks.payslip_id
left join lines
    on candidates.payslip_id = lines.payslip_id
left join earnings
    on candidates.payslip_id = earnings.payslip_id
where earnings.payslip_id is not null or not candidates.is_only_if_owed
