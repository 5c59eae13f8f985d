{# What payment processors say they paid out is what their lines come to, and what the bank received. #}
with payouts as (

    select
        *,
        concat(
            'payout ', processor, ' ', payout_reference,
            case when merchant <> '' then concat(' of ', merchant) else '' end
        ) as scope
    from {{ ref('fct_payouts') }}
    where payout_reference is not null

)

select
    'payout_proof' as control_code,
    scope,
    'amount' as measure,
    currency,
    case
        when stated_amount <> net_amount then 'What the report states was paid out against what its lines come to'
        else 'What the bank received against what the lines of the report come to'
    end as explanation,
    case when stated_amount <> net_amount then stated_amount else received_amount end as expected,
    net_amount as actual,
    coalesce(received_on, paid_on) as business_date
from payouts
where
    received_amount is not null
    or stated_amount <> net_amount
union all
select
    'payout_received' as control_code,
    scope,
    'amount' as measure,
    currency,
    case
        when received_amount is null
            then concat(
                'Paid out on ', cast(paid_on as string), ', ', cast(age_days as string),
                ' days ago, and not on any statement'
            )
        else 'Paid out against received'
    end as explanation,
    coalesce(received_amount, stated_amount, net_amount) as expected,
    cast(coalesce(received_amount, 0) as decimal(28, 5)) as actual,
    paid_on as business_date
from payouts
where
    received_amount is not null
    or status = 'overdue'
    or (status = 'contradictory' and age_days > {{ var('payout_days_after') }})
