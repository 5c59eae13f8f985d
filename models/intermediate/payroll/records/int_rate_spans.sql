with spans as (

    select * from {{ ref('int_employment_spans') }}

),

pay_rates as (

    select * from {{ ref('int_pay_rates_current') }}

),

rated as (

    select
        spans.employee_id,
        spans.pay_period_id,
        spans.work_state,
        spans.job_code,
        pay_rates.rate_kind,
        pay_rates.rate,
        pay_rates.is_overtime_eligible,
        spans.periods_per_year,
        spans.period_weekdays,
        greatest(spans.from_on, pay_rates.effective_on) as from_on,
        least(spans.before_on, coalesce(pay_rates.effective_before_on, spans.before_on)) as before_on
    from spans
    inner join pay_rates
        on
            spans.employee_id = pay_rates.employee_id
            and spans.job_code = pay_rates.job_code
            and spans.before_on > pay_rates.effective_on
            and spans.from_on < coalesce(pay_rates.effective_before_on, spans.before_on)

)

select
    employee_id,
    pay_period_id,
    work_state,
    job_code,
    rate_kind,
    rate,
    periods_per_year,
    period_weekdays,
    {{ weekdays_between('from_on', 'before_on') }} as weekdays,
    is_overtime_eligible,
    from_on,
    before_on
from rated
