{# What a closed period would pay today, less what it paid and what was paid for it since: of a void payslip all that
   is owed. Of leave the hours count too, which a salary pays with nothing more. Leave paid at leaving stands on the
   payslip that pays it. #}
with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

closed_lines as (

    select
        frozen_lines.*,
        frozen_lines.payslip_line_id like '%/corrects/%' as is_correction
    from {{ ref('int_closed_payslip_lines') }} as frozen_lines
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        frozen_lines.line_kind = 'earning'
        and not (frozen_lines.pay_item_code = 'LEAVEPAY' and frozen_lines.payslip_line_id like '%/LEAVEPAY/left/%')
        and voided.payslip_id is null

),

versions as (

    select
        candidates.pay_period_id,
        candidates.employee_id,
        calculated.pay_item_code,
        calculated.amount,
        coalesce(calculated.hours, 0) as hours
    from {{ ref('int_earnings_calculated') }} as calculated
    inner join candidates
        on calculated.payslip_id = candidates.payslip_id
    where not candidates.is_open
    union all
    select
        case when is_correction then corrects_pay_period_id else pay_period_id end as pay_period_id,
        employee_id,
        pay_item_code,
        -amount as amount,
        -coalesce(hours, 0) as hours
    from closed_lines

),

differences as (

    select
        versions.pay_period_id,
        versions.employee_id,
        versions.pay_item_code,
        sum(versions.amount) as amount,
        sum(versions.hours) as hours,
        sum(sum(versions.amount)) over (
            partition by versions.pay_period_id, versions.employee_id
        ) as owed_amount
    from versions
    left join {{ ref('pay_items') }} as pay_items
        on versions.pay_item_code = pay_items.pay_item_code
    group by versions.pay_period_id, versions.employee_id, versions.pay_item_code
    having
        sum(versions.amount) <> 0
        or (sum(versions.hours) <> 0 and max(pay_items.calculation_step) = 'leave')

),

open_candidates as (

    select * from candidates
    where is_open and (has_days or kind in ('correction', 'final'))

),

{# The first open payday behind the closed one. What is taken back is taken of a payslip with pay of its own. #}
placed as (

    select
        differences.*,
        open_candidates.payslip_id,
        row_number() over (
            partition by differences.pay_period_id, differences.employee_id, differences.pay_item_code
            order by
                case when differences.owed_amount < 0 and not open_candidates.has_days then 1 else 0 end,
                open_candidates.paid_on,
                open_candidates.payslip_id
        ) as place
    from differences
    inner join {{ ref('int_pay_periods') }} as pay_periods
        on differences.pay_period_id = pay_periods.pay_period_id
    left join open_candidates
        on
            differences.employee_id = open_candidates.employee_id
            and pay_periods.paid_on < open_candidates.paid_on

)

select
    pay_period_id || '/' || employee_id || '/' || pay_item_code as earning_correction_id,
    payslip_id,
    employee_id,
    pay_period_id as corrects_pay_period_id,
    pay_item_code,
    cast(nullif(hours, 0) as decimal(18, 5)) as hours,
    cast(amount as decimal(28, 5)) as amount
from placed
where place = 1
