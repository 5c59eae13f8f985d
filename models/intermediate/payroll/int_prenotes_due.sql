{# The accounts that a period's first file tries besides its payments: those that HR knows for people of the pay
   group, now or for later, that no payslip was paid to and no prenote was sent to. Only NACHA has prenotes. #}
with periods as (

    select distinct pay_period_id
    from {{ ref('int_payments_due') }}
    where attempt = 1

),

pay_periods as (

    select
        pay_periods.pay_period_id,
        pay_periods.pay_group,
        pay_periods.currency,
        pay_periods.paid_on
    from {{ ref('int_pay_periods') }} as pay_periods
    inner join periods
        on pay_periods.pay_period_id = periods.pay_period_id
    inner join {{ ref('paying_accounts') }} as paying_accounts
        on pay_periods.currency = paying_accounts.currency
    where paying_accounts.scheme = 'nacha'

),

employees as (

    select * from {{ ref('int_employees_current') }}

),

details as (

    select * from {{ ref('int_bank_details_current') }}
    where account_number is not null

),

known_accounts as (

    select prenote_id from {{ ref('stg_payments__sent_prenotes') }}
    union
    select {{ prenote_id('splits') }} as prenote_id
    from {{ ref('int_payslip_splits') }} as splits
    where splits.is_closed

),

accounts as (

    select
        {{ prenote_id('details') }} as prenote_id,
        pay_periods.pay_period_id,
        pay_periods.currency,
        pay_periods.paid_on,
        employees.employee_id,
        employees.name,
        details.routing_number,
        details.account_number,
        details.account_kind,
        details.priority,
        row_number() over (
            partition by {{ prenote_id('details') }}
            order by
                pay_periods.paid_on asc,
                pay_periods.pay_period_id asc,
                employees.effective_on desc,
                details.priority asc
        ) as place
    from pay_periods
    inner join employees
        on
            pay_periods.pay_group = employees.pay_group
            and coalesce(pay_periods.paid_on < employees.effective_before_on, true)
            and coalesce(pay_periods.paid_on <= employees.left_on, true)
    inner join details
        on
            employees.employee_id = details.employee_id
            and coalesce(pay_periods.paid_on < details.effective_before_on, true)

)

select
    accounts.prenote_id,
    accounts.pay_period_id,
    accounts.employee_id,
    accounts.currency,
    accounts.name,
    accounts.routing_number,
    accounts.account_number,
    accounts.account_kind,
    accounts.priority,
    accounts.paid_on
from accounts
left join known_accounts
    on accounts.prenote_id = known_accounts.prenote_id
where
    accounts.place = 1
    and known_accounts.prenote_id is null
