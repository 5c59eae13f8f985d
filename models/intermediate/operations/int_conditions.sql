{{ config(materialized=read_outside()) }}

{# Nothing personal stands here: of payroll only the period, the control and counts. A view, so that what stands is told
   also when a later node of the build was skipped. #}
with controls as (

    select * from {{ ref('controls') }}

),

kinds as (

    select * from {{ ref('condition_kinds') }}

),

{# In the first night of all, what failed in payroll may have kept its controls from being made. #}
{% set payroll_controls = ref('fct_payroll_controls') -%}
control_totals as (

    select * from {{ ref('fct_control_totals') }}
    {%- if not execute or model.resource_type == 'unit_test' or load_relation(payroll_controls) %}
    union all
    select * from {{ payroll_controls }}
    {%- endif %}

),

quarantined_files as (

    select * from {{ ref('fct_quarantined_files') }}

),

source_freshness as (

    select * from {{ ref('fct_source_freshness') }}

),

ending_formats as (

    select
        *,
        row_number() over (partition by account_id, file_format order by last_covered_on desc) = 1 as is_latest
    from {{ ref('int_bank_format_ends') }}

),

anomalies as (

    select * from {{ ref('fct_anomalies') }}

),

latest_runs as (

    select invocation_id from {{ ref('fct_runs') }}
    where is_latest

),

weekdays as (

    select * from {{ ref('dim_business_dates') }}
    where calendar_code = 'WEEKENDS'

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

red_controls as (

    select
        control_totals.*,
        controls.told_as,
        controls.next_step
    from control_totals
    inner join controls
        on control_totals.control_code = controls.control_code
    where control_totals.status = 'red'

),

accepted_files as (

    select scope as accepted_file
    from red_controls
    where told_as = 'quarantined_file'
    group by scope
    having min(case when is_accepted then 1 else 0 end) = 1

),

found as (

    select
        'quarantined_file' as kind,
        quarantined_files.delivery_id as stands_for,
        quarantined_files.path as subject,
        'Cannot be read, so nothing of it is loaded: ' || quarantined_files.quarantine_reason
        || coalesce(' (' || quarantined_files.quarantine_position || ')', '') as sentence,
        cast(null as string) as next_step,
        cast(null as date) as business_date
    from quarantined_files
    left join accepted_files
        on quarantined_files.path = accepted_files.accepted_file
    where
        quarantined_files.status = 'quarantined'
        and accepted_files.accepted_file is null
    union all
    select
        told_as as kind,
        control_total_id as stands_for,
        control_code || ' ' || cast(business_date as string) || ' ' || scope as subject,
        explanation || ': expected ' || coalesce({{ number_text('expected', 2) }}, 'nothing')
        || ', actual ' || coalesce({{ number_text('actual', 2) }}, 'nothing')
        || coalesce(' ' || currency, '') || coalesce('. ' || acceptance, '')
        || ' (control ' || control_total_id || ')' as sentence,
        next_step,
        business_date
    from red_controls
    where
        told_as = 'red_control'
        and not is_accepted
    union all
    select
        told_as as kind,
        control_total_id as stands_for,
        control_code || ' ' || scope as subject,
        case
            when measure = 'amount' or actual is null then 'The amounts do not agree'
            else
                measure || ': expected ' || {{ number_text('expected', 0) }}
                || ', actual ' || {{ number_text('actual', 0) }}
        end as sentence,
        next_step,
        business_date
    from red_controls
    where
        told_as = 'red_payroll_control'
        and not is_accepted
    union all
    select
        'late_source' as kind,
        source_name || '/' || subject as stands_for,
        source_name || ': ' || subject_name || ' (' || subject || ')' as subject,
        case
            when last_delivered_on is null then 'Nothing was ever delivered'
            else
                cast(business_days_late as string) || ' business day'
                || case when business_days_late = 1 then '' else 's' end
                || ' late: due by the end of ' || cast(due_on as string)
                || ', last delivered for ' || cast(last_delivered_on as string)
        end as sentence,
        cast(null as string) as next_step,
        cast(null as date) as business_date
    from source_freshness
    where status <> 'on time'
    union all
    select
        'ending_format' as kind,
        ending_formats.account_id || '/' || ending_formats.file_format as stands_for,
        ending_formats.account_id || ' ' || ending_formats.file_format as subject,
        'The bank ends this format on ' || cast(ending_formats.format_ends_on as string) || ', and the statement of '
        || cast(ending_formats.last_covered_on as string) || ' came in no other' as sentence,
        cast(null as string) as next_step,
        cast(null as date) as business_date
    from ending_formats
    cross join as_of_date
    where
        ending_formats.is_latest
        and ending_formats.is_only_format
        and as_of_date.as_of_on < ending_formats.format_ends_on
    union all
    select
        'anomaly' as kind,
        anomalies.anomaly_id as stands_for,
        cast(anomalies.business_date as string) || ' ' || anomalies.subject as subject,
        anomalies.explanation as sentence,
        cast(null as string) as next_step,
        anomalies.business_date
    from anomalies
    cross join as_of_date
    inner join weekdays as today
        on as_of_date.as_of_on = today.date_on
    inner join weekdays
        on anomalies.business_date = weekdays.date_on
    left join latest_runs
        on anomalies.invocation_id = latest_runs.invocation_id
    where
        anomalies.status = 'anomaly'
        and (
            today.business_day_number - weekdays.business_day_number < {{ var('anomaly_news_days') }}
            or latest_runs.invocation_id is not null
        )

)

select
    found.kind || '/' || found.stands_for as condition_key,
    found.kind,
    found.subject,
    found.sentence,
    coalesce(found.next_step, kinds.next_step) || ' (' || kinds.run_book || ')' as next_step,
    kinds.kind_number,
    kinds.is_event,
    found.business_date
from found
left join kinds
    on found.kind = kinds.kind
