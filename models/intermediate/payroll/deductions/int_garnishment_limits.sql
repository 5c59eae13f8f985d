{# What customers give is no earnings of the employer's (Wage and Hour Division, Fact Sheet 30): tips are left out. #}
with tips as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_earnings') }}
    where pay_item_code = 'TIPS'
    group by payslip_id

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

payslips as (

    select
        payslips.*,
        pay_periods.earned_in,
        cast(
            payslips.gross_amount - greatest(coalesce(tips.amount, 0), 0) as decimal(28, 5)
        ) as garnishable_amount
    from {{ ref('int_payslips_calculable') }} as payslips
    inner join pay_periods
        on payslips.pay_period_id = pay_periods.pay_period_id
    left join tips
        on payslips.payslip_id = tips.payslip_id

),

{# What closed payslips paid of the same days. #}
closed as (

    select
        payslips.payslip_id,
        sum(case when frozen_lines.line_kind = 'earning' then frozen_lines.amount else 0 end) as gross_amount,
        sum(case when frozen_lines.line_kind <> 'garnishment' then frozen_lines.amount else 0 end) as disposable_amount,
        -sum(case when frozen_lines.line_kind = 'garnishment' then frozen_lines.amount else 0 end) as garnishment_amount
    from payslips
    inner join pay_periods
        on payslips.earned_in = pay_periods.earned_in
    inner join {{ ref('int_closed_payslip_lines') }} as frozen_lines
        on
            pay_periods.pay_period_id = frozen_lines.pay_period_id
            and payslips.employee_id = frozen_lines.employee_id
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        frozen_lines.line_kind in ('earning', 'employee_tax', 'garnishment')
        and frozen_lines.pay_item_code <> 'TIPS'
        and voided.payslip_id is null
    group by payslips.payslip_id

),

contributions as (

    select * from {{ ref('int_retirement_available') }}

),

available as (

    select * from {{ ref('int_income_tax_available') }}

),

income_taxes as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_income_taxes') }}
    group by payslip_id

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

minimum_wages as (

    select * from {{ ref('minimum_wages') }}

),

disposable as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.work_state,
        payslips.earned_in,
        payslips.garnishable_amount as gross_amount,
        payslips.paid_on,
        coalesce(closed.gross_amount, 0) as closed_gross_amount,
        greatest(coalesce(closed.disposable_amount, 0), 0) as closed_disposable_amount,
        coalesce(closed.garnishment_amount, 0) as closed_garnishment_amount,
        policies.garnishment_limit_method,
        cast(greatest(
            payslips.garnishable_amount + contributions.contribution_amount + coalesce(income_taxes.amount, 0), 0
        ) as decimal(28, 5)) as disposable_amount,
        cast(available.available_amount + coalesce(income_taxes.amount, 0) as decimal(28, 5)) as left_amount,
        policies.garnishment_share,
        {{ quotient(
            'cast(policies.garnishment_free_hours * policies.minimum_hourly_wage as decimal(18, 6))'
            ~ ' * cast(policies.weeks_per_year as integer)',
            'payslips.periods_per_year'
        ) }} as protected_amount,
        {{ quotient(
            'cast(greatest(policies.minimum_hourly_wage, coalesce(minimum_wages.hourly_wage, 0)) as decimal(18, 6))'
            ~ ' * cast(policies.weeks_per_year as integer)',
            'payslips.periods_per_year'
        ) }} as hour_a_week_amount
    from payslips
    inner join contributions
        on payslips.payslip_id = contributions.payslip_id
    inner join available
        on payslips.payslip_id = available.payslip_id
    inner join policies
        on payslips.pay_period_id = policies.pay_period_id
    left join minimum_wages
        on
            payslips.work_state = minimum_wages.jurisdiction
            and {{ in_force('minimum_wages', 'payslips.paid_on') }}
    left join income_taxes
        on payslips.payslip_id = income_taxes.payslip_id
    left join closed
        on payslips.payslip_id = closed.payslip_id

),

{# 15 USC 1673 limits what may be taken of the earnings of a week, however many payslips pay them. #}
together as (

    select
        *,
        cast(
            closed_gross_amount + sum(gross_amount) over {{ to_date(['earned_in']) }} as decimal(28, 5)
        ) as earned_gross_amount,
        cast(
            closed_disposable_amount + sum(disposable_amount) over {{ to_date(['earned_in']) }} as decimal(28, 5)
        ) as earned_disposable_amount
    from disposable

),

limited as (

    select
        *,
        least(
            earned_disposable_amount * garnishment_share, greatest(earned_disposable_amount - protected_amount, 0)
        ) as exact_limit
    from together

)

select
    payslip_id,
    employee_id,
    work_state,
    earned_in,
    garnishment_limit_method,
    disposable_amount as basis_amount,
    cast(protected_amount as decimal(28, 5)) as protected_amount,
    {{ rounded('exact_limit', 'garnishment_limit_method') }} as limit_amount,
    left_amount,
    earned_gross_amount,
    earned_disposable_amount,
    cast(closed_garnishment_amount as decimal(28, 5)) as closed_garnishment_amount,
    hour_a_week_amount,
    paid_on
from limited
