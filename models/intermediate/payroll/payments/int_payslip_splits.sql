{# An account that HR gives after the payday takes the pay that had none on it. The net pay of each payslip over the
   accounts of its employee: fixed amounts and percentages in their order, each cut at what is left, and the rest to
   the account of the remainder, or else to the last one. #}
with payslips as (

    select * from {{ ref('fct_payslips') }}
    where net_amount > 0

),

details as (

    select * from {{ ref('int_bank_details_current') }}

),

{# The payday, or the first day behind it on which the employee has an account. #}
days_of_accounts as (

    select
        payslips.payslip_id,
        min(greatest(details.effective_on, payslips.paid_on)) as account_on
    from payslips
    inner join details
        on
            payslips.employee_id = details.employee_id
            and payslips.paid_on < coalesce(details.effective_before_on, {{ days_later('payslips.paid_on', 1) }})
            and (payslips.is_closed or payslips.paid_on >= details.effective_on)
    group by payslips.payslip_id

),

placed as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        payslips.currency,
        payslips.net_amount,
        payslips.is_closed,
        payslips.paid_on,
        details.routing_number,
        details.account_number,
        details.account_kind,
        details.bic,
        details.iban,
        details.priority,
        case details.split_kind
            when 'amount' then details.split_value
            when 'percentage' then cast(floor(payslips.net_amount * details.split_value) / 100 as decimal(28, 5))
            else payslips.net_amount
        end as wanted_amount,
        row_number() over (
            partition by payslips.payslip_id
            order by case when details.split_kind = 'remainder' then 1 else 0 end, details.priority
        ) as place,
        count(*) over (partition by payslips.payslip_id) as place_count
    from payslips
    inner join days_of_accounts
        on payslips.payslip_id = days_of_accounts.payslip_id
    inner join details
        on
            payslips.employee_id = details.employee_id
            and days_of_accounts.account_on >= details.effective_on
            and days_of_accounts.account_on
            < coalesce(details.effective_before_on, {{ days_later('days_of_accounts.account_on', 1) }})

),

summed as (

    select
        *,
        sum(wanted_amount) over (
            partition by payslip_id order by place rows between unbounded preceding and current row
        ) as wanted_to_here
    from placed

),

split as (

    select
        *,
        case when place = place_count then net_amount else least(net_amount, wanted_to_here) end
        - least(net_amount, wanted_to_here - wanted_amount) as amount
    from summed

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    currency,
    routing_number,
    account_number,
    account_kind,
    bic,
    iban,
    priority,
    cast(amount as decimal(28, 5)) as amount,
    is_closed,
    paid_on
from split
where amount > 0
