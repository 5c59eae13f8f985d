{%- set us_clocks = [
    'UTC', 'US/.*', 'Pacific/Honolulu',
    'America/(New_York|Detroit|Chicago|Menominee|Denver|Boise|Phoenix|Los_Angeles|Anchorage|Juneau|Sitka|Nome)',
    'America/(Metlakatla|Yakutat|Adak|(Indiana|Kentucky|North_Dakota)/.*)',
] -%}
with candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

states_of_work as (

    {% for state in ['work_state', 'other_work_state'] -%}
    select
        payslip_id,
        pay_period_id,
        employee_id,
        {{ state }} as work_state,
        paid_on
    from candidates
    where {{ state }} is not null
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

unknown_employees as (

    select
        payslip_id,
        'No record of the employee is in force on the last day of the period.' as reason
    from candidates
    where work_state is null

),

worked_without_rate as (

    select
        pay_period_id || '/' || employee_id as payslip_id,
        'No pay rate for job ' || job_code || ' on ' || cast(min(worked_on) as string) || '.' as reason
    from {{ ref('int_worked_days') }}
    where rate is null and pay_period_id is not null
    group by pay_period_id, employee_id, job_code

),

overtime_without_rate as (

    select
        pay_period_id || '/' || employee_id as payslip_id,
        'No pay rate for job ' || job_code_without_rate || ' in the workweek from '
        || cast(workweek_starts_on as string) || '.' as reason
    from {{ ref('int_workweek_hours') }}
    where job_code_without_rate is not null and pay_period_id is not null

),

spans_with_rate as (

    select
        pay_period_id,
        employee_id,
        job_code,
        sum(weekdays) as weekdays
    from {{ ref('int_rate_spans') }}
    group by pay_period_id, employee_id, job_code

),

employed_spans as (

    select
        pay_period_id,
        employee_id,
        job_code,
        sum(weekdays) as weekdays
    from {{ ref('int_employment_spans') }}
    group by pay_period_id, employee_id, job_code

),

employed_without_rate as (

    select
        employed_spans.pay_period_id || '/' || employed_spans.employee_id as payslip_id,
        'No pay rate for job ' || employed_spans.job_code || ' on every day of the period.' as reason
    from employed_spans
    left join spans_with_rate
        on
            employed_spans.pay_period_id = spans_with_rate.pay_period_id
            and employed_spans.employee_id = spans_with_rate.employee_id
            and employed_spans.job_code = spans_with_rate.job_code
    where employed_spans.weekdays > coalesce(spans_with_rate.weekdays, 0)

),

leave_without_rate as (

    select
        pay_period_id || '/' || employee_id as payslip_id,
        'No pay rate for job ' || job_code || ' on ' || cast(leave_on as string) || '.' as reason
    from {{ ref('int_leave_days') }}
    where rate is null and pay_period_id is not null

),

leave_items as (

    select
        leave_days.pay_period_id || '/' || leave_days.employee_id as payslip_id,
        'Pay item ' || leave_days.pay_item_code || ' is not one for leave.' as reason
    from {{ ref('int_leave_days') }} as leave_days
    left join pay_items
        on
            leave_days.pay_item_code = pay_items.pay_item_code
            and pay_items.calculation_step = 'leave'
    where pay_items.pay_item_code is null and leave_days.pay_period_id is not null

),

recurring_items as (

    select
        recurring_items.payslip_id,
        case
            when pay_items.pay_item_code is null or pay_items.line_kind in ('employee_tax', 'employer_tax')
                then 'Pay item ' || recurring_items.pay_item_code || ' is not one that recurs.'
            else 'Recurring earning ' || recurring_items.pay_item_code || ' is given as a percentage.'
        end as reason
    from {{ ref('int_recurring_items_due') }} as recurring_items
    left join pay_items
        on recurring_items.pay_item_code = pay_items.pay_item_code
    where
        pay_items.pay_item_code is null
        or pay_items.line_kind in ('employee_tax', 'employer_tax')
        or (pay_items.line_kind = 'earning' and recurring_items.calculation = 'percentage')

),

one_time_items as (

    select
        one_time_items.pay_period_id || '/' || one_time_items.employee_id as payslip_id,
        'Pay item ' || one_time_items.pay_item_code || ' is not one that is paid once.' as reason
    from {{ ref('int_one_time_items_current') }} as one_time_items
    left join pay_items
        on one_time_items.pay_item_code = pay_items.pay_item_code
    where pay_items.pay_item_code is null or pay_items.line_kind in ('employee_tax', 'employer_tax')

),

income_taxes as (

    select
        payslip_id,
        case
            when not has_election
                then 'No ' || jurisdiction || ' tax election in force on ' || cast(paid_on as string) || '.'
            else
                'No ' || jurisdiction || ' income tax table for ' || filing_status
                || case when is_step_2_checked then ' with Step 2 checked' else '' end
                || case when is_form_before_2020 then ' on a form before 2020' else '' end
                || ' on ' || cast(paid_on as string) || '.'
        end as reason
    from {{ ref('int_income_tax_terms') }}
    where is_taxed and not (has_election and has_rule)

),

forms_mixed as (

    select
        payslip_id,
        'The US tax election claims allowances, of a form before 2020, and amounts of a later one.' as reason
    from {{ ref('int_income_tax_terms') }}
    where
        is_form_before_2020
        and (dependents_amount <> 0 or other_income_amount <> 0 or deductions_amount <> 0)
    union all
    select
        payslip_id,
        'The US tax election claims allowances on a form of 2020 or later, which has none.' as reason
    from {{ ref('int_income_tax_terms') }}
    where has_allowances_of_no_form

),

brackets_missing as (

    select
        terms.payslip_id,
        'No ' || terms.jurisdiction || ' income tax brackets for ' || terms.filing_status || ' on '
        || cast(terms.paid_on as string) || '.' as reason
    from {{ ref('int_income_tax_terms') }} as terms
    left join {{ ref('income_tax_brackets') }} as brackets
        on
            terms.jurisdiction = brackets.jurisdiction
            and terms.filing_status = brackets.filing_status
            and terms.is_step_2_checked = brackets.is_step_2_checked
            and {{ in_force('brackets', 'terms.paid_on') }}
    where
        terms.is_taxed
        and terms.has_rule
        and brackets.jurisdiction is null

),

{# The rules here are those of the United States, whose clocks and currency a pay group of theirs has. #}
foreign_groups as (

    select
        candidates.payslip_id,
        'Pay group ' || candidates.pay_group || ' is paid in ' || candidates.currency || ' at the time of '
        || pay_periods.time_zone || ', and only taxes of the United States are known.' as reason
    from candidates
    inner join {{ ref('int_pay_periods') }} as pay_periods
        on candidates.pay_period_id = pay_periods.pay_period_id
    where
        candidates.currency <> 'USD'
        or not {{ regexp_is_found('pay_periods.time_zone', '^(' ~ us_clocks | join('|') ~ ')$') }}

),

policies_missing as (

    select
        candidates.payslip_id,
        'No ' || coalesce(
            {%- for policy in [
                'overtime_after_hours', 'overtime_multiple', 'weeks_per_year', 'salary_hours_per_week',
                'garnishment_share', 'garnishment_free_hours', 'minimum_hourly_wage', 'gross_step', 'gross_method',
                'contribution_method', 'income_tax_method', 'deduction_method', 'garnishment_limit_method',
            ] %}
            case when policies.{{ policy }} is null then '{{ policy }}' end,
            {%- endfor %}
            'policy'
        ) || ' on ' || cast(candidates.paid_on as string) || ' in payroll_policies and payroll_rounding.' as reason
    from candidates
    inner join {{ ref('int_pay_period_policies') }} as policies
        on candidates.pay_period_id = policies.pay_period_id
    where
        policies.overtime_after_hours is null
        or policies.overtime_multiple is null
        or policies.weeks_per_year is null
        or policies.salary_hours_per_week is null
        or policies.garnishment_share is null
        or policies.garnishment_free_hours is null
        or policies.minimum_hourly_wage is null
        or policies.gross_step is null
        or policies.gross_method is null
        or policies.contribution_method is null
        or policies.income_tax_method is null
        or policies.deduction_method is null
        or policies.garnishment_limit_method is null

),

items_taken as (

    select
        payslip_id,
        pay_item_code
    from {{ ref('int_recurring_items_due') }}
    union
    select
        pay_period_id || '/' || employee_id as payslip_id,
        pay_item_code
    from {{ ref('int_one_time_items_current') }}

),

{# What has a limit in one year has one in each: a row that is missing is not "no limit". #}
limited_items as (

    select distinct pay_item_code from {{ ref('pay_item_limits') }}

),

limits_missing as (

    select
        items_taken.payslip_id,
        'No limit of ' || items_taken.pay_item_code || ' on ' || cast(candidates.paid_on as string)
        || ' in pay_item_limits.' as reason
    from items_taken
    inner join candidates
        on items_taken.payslip_id = candidates.payslip_id
    inner join limited_items
        on items_taken.pay_item_code = limited_items.pay_item_code
    left join {{ ref('pay_item_limits') }} as limits
        on
            items_taken.pay_item_code = limits.pay_item_code
            and {{ in_force('limits', 'candidates.paid_on') }}
    where limits.pay_item_code is null

),

{# Of a state without a row, and of a day before or behind its rows. #}
minimum_wages_missing as (

    select
        worked_days.pay_period_id || '/' || worked_days.employee_id as payslip_id,
        'No minimum wage of ' || states.work_state || ' on ' || cast(min(worked_days.worked_on) as string)
        || ' in minimum_wages.' as reason
    from {{ ref('int_worked_days') }} as worked_days
    inner join states_of_work as states
        on
            worked_days.pay_period_id = states.pay_period_id
            and worked_days.employee_id = states.employee_id
    left join {{ ref('minimum_wages') }} as wages
        on
            states.work_state = wages.jurisdiction
            and {{ in_force('wages', 'worked_days.worked_on') }}
    where
        worked_days.is_overtime_eligible
        and wages.jurisdiction is null
    group by worked_days.pay_period_id, worked_days.employee_id, states.work_state

),

taxes_due as (

    select
        states.payslip_id,
        pay_items.pay_item_code,
        case when pay_items.rate_jurisdiction = 'state' then states.work_state else 'US' end as jurisdiction,
        states.paid_on
    from states_of_work as states
    cross join pay_items
    where pay_items.rate_jurisdiction is not null

),

tax_rates as (

    select
        taxes_due.payslip_id,
        'No rate of ' || taxes_due.pay_item_code || ' for ' || taxes_due.jurisdiction || ' on '
        || cast(taxes_due.paid_on as string) || '.' as reason
    from taxes_due
    left join {{ ref('tax_rates') }} as rates
        on
            taxes_due.pay_item_code = rates.pay_item_code
            and taxes_due.jurisdiction = rates.jurisdiction
            and {{ in_force('rates', 'taxes_due.paid_on') }}
    where rates.pay_item_code is null

),

negative_gross as (

    select
        payslip_id,
        'The earnings are below zero: more is taken back than is earned, so have it repaid.' as reason
    from {{ ref('int_earnings') }}
    group by payslip_id
    having sum(amount) < 0

),

reasons as (

    {% for relation in [
        'unknown_employees', 'worked_without_rate', 'overtime_without_rate', 'employed_without_rate',
        'leave_without_rate', 'leave_items', 'recurring_items', 'one_time_items', 'income_taxes', 'tax_rates',
        'negative_gross', 'forms_mixed', 'brackets_missing', 'foreign_groups', 'policies_missing', 'limits_missing',
        'minimum_wages_missing',
    ] -%}
    select
        payslip_id,
        reason
    from {{ relation }}
    {{- '' if loop.last else '\n    union\n    ' }}
    {%- endfor %}

)

select
    reasons.payslip_id,
    reasons.reason
from reasons
inner join candidates
    on reasons.payslip_id = candidates.payslip_id
