{# A period is closed once; should two closes of it ever reach the lake, the first counts. A decision reopens one that
   was made before it, unless a payment file was written of it: also one of a warehouse that did not know the decision,
   until the period was closed again. #}
with all_closes as (

    select * from {{ ref('stg_payroll__payroll_closes') }}

),

reopened as (

    select distinct
        all_closes.close_id,
        all_closes.pay_period_id,
        decisions.load_id as reopened_with
    from all_closes
    inner join {{ ref('int_decision_subjects') }} as decisions
        on
            all_closes.pay_period_id = decisions.subject
            and all_closes.close_id < decisions.load_id
    where
        decisions.decision = 'reopen_period'
        and decisions.is_in_force

),

paid as (

    select distinct
        reopened.close_id,
        reopened.reopened_with
    from reopened
    inner join {{ ref('stg_payments__payment_files') }} as files
        on
            reopened.pay_period_id = files.pay_period_id
            and reopened.close_id < files.load_id
    left join all_closes as later_closes
        on
            reopened.pay_period_id = later_closes.pay_period_id
            and reopened.reopened_with < later_closes.close_id
            and files.load_id > later_closes.close_id
    where later_closes.close_id is null

),

undone as (

    select distinct reopened.close_id
    from reopened
    left join paid
        on
            reopened.close_id = paid.close_id
            and reopened.reopened_with = paid.reopened_with
    where paid.close_id is null

),

closes as (

    select
        all_closes.*,
        row_number() over (partition by all_closes.pay_period_id order by all_closes.close_id) as close_number
    from all_closes
    left join undone
        on all_closes.close_id = undone.close_id
    where undone.close_id is null

),

paydays as (

    select
        close_id,
        min(paid_on) as paid_on
    from {{ ref('stg_payroll__closed_payslips') }}
    group by close_id

)

select
    closes.close_id,
    closes.pay_period_id,
    closes.closed_by,
    closes.note,
    closes.payslip_count,
    closes.line_count,
    closes.net_total,
    paydays.paid_on,
    closes.closed_at
from closes
left join paydays
    on closes.close_id = paydays.close_id
where closes.close_number = 1
