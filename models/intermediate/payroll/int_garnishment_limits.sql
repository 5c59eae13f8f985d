{# What customers give is no earnings of the employer's (Wage and Hour Division, Fact Sheet 30): tips are left out. #}
with tips as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_earnings') }}
    where pay_item_code = 'TIPS'
    group by payslip_id

),

payslips as (

    select
        payslips.*,
        cast(
            payslips.gross_amount - greatest(coalesce(tips.amount, 0), 0) as decimal(28, 5)
        ) as garnishable_amount
    from {{ ref('int_payslips_calculable') }} as payslips
    left join tips
        on payslips.payslip_id = tips.payslip_id

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
        payslips.work_state,
        payslips.garnishable_amount as gross_amount,
        payslips.paid_on,
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

),

limited as (

    select
        *,
        least(disposable_amount * garnishment_share, greatest(disposable_amount - protected_amount, 0)) as exact_limit
    from disposable

)

select
    payslip_id,
    work_state,
    garnishment_limit_method,
    least(left_amount, {{ rounded('exact_limit', 'garnishment_limit_method') }}) as available_amount,
    disposable_amount as basis_amount,
    cast(protected_amount as decimal(28, 5)) as protected_amount,
    {{ rounded('exact_limit', 'garnishment_limit_method') }} as limit_amount,
    left_amount,
    gross_amount,
    hour_a_week_amount,
    paid_on
from limited
