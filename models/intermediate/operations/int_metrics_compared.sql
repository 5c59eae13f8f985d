{# Each value beside up to var metric_history values before it, as a list: joined with them by their place, it took
   three times as long. #}
with metrics as (

    select * from {{ ref('int_metrics') }}

),

rules as (

    select * from {{ ref('anomaly_rules') }}

),

scaled as (

    select
        metrics.*,
        {{ variance_stabilized('metrics.observed', 'rules.scale') }} as scaled,
        rules.scale,
        rules.minimum_history
    from metrics
    inner join rules
        on metrics.metric = rules.metric

),

placed as (

    select
        *,
        row_number() over (
            partition by metric, subject
            order by ordered_at asc, invocation_id asc
        ) as series_position,
        row_number() over (
            partition by metric, subject, day_class
            order by ordered_at asc, invocation_id asc
        ) as class_position,
        array_agg(scaled) over (
            partition by metric, subject
            order by ordered_at asc, invocation_id asc
            rows between {{ var('metric_history') }} preceding and 1 preceding
        ) as series_before,
        array_agg(scaled) over (
            partition by metric, subject, day_class
            order by ordered_at asc, invocation_id asc
            rows between {{ var('metric_history') }} preceding and 1 preceding
        ) as class_before
    from scaled

),

judged as (

    select
        *,
        case when class_position > minimum_history then day_class else 'any day' end as compared_with,
        array_sort(case when class_position > minimum_history then class_before else series_before end)
            as values_before,
        least(
            case when class_position > minimum_history then class_position else series_position end - 1,
            {{ var('metric_history') }}
        ) as history_count
    from placed
    where series_position > minimum_history

),

with_middle as (

    select
        *,
        {{ median_of_sorted('values_before', 'history_count') }} as middle
    from judged

),

with_deviations as (

    select
        *,
        array_sort({{ list_of('values_before', 'abs(each_value - middle)') }}) as deviations
    from with_middle

)

select
    metric,
    subject,
    invocation_id,
    day_class,
    compared_with,
    scale,
    observed,
    scaled,
    middle,
    greatest(
        {{ spread_of_deviation('(' ~ median_of_sorted('deviations', 'history_count') ~ ')') }},
        {{ counting_noise('scale', 'record_count') }}
    ) as spread,
    {{ element_of('values_before', 1) }} as lowest,
    {{ element_of('values_before', 'cast(history_count as integer)') }} as highest,
    cast(history_count as bigint) as history_count,
    record_count,
    business_date,
    ordered_at
from with_deviations
