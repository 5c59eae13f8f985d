{#- Each value beside up to var metric_history values before it, found by their place in the series: work grows with the
    values, not with their square. -#}
with metrics as (

    select * from {{ ref('int_metrics') }}

),

rules as (

    select * from {{ ref('anomaly_rules') }}

),

offsets as (

    {% for offset in range(1, var('metric_history') + 1) -%}
    select {{ offset }} as distance
    {{- ' union all' if not loop.last }}
    {% endfor %}

),

scaled as (

    select
        metrics.*,
        {{ variance_stabilized('metrics.observed', 'rules.scale') }} as scaled,
        rules.scale,
        rules.minimum_history,
        row_number() over (
            partition by metrics.metric, metrics.subject
            order by metrics.ordered_at asc, metrics.invocation_id asc
        ) as series_position,
        row_number() over (
            partition by metrics.metric, metrics.subject, metrics.day_class
            order by metrics.ordered_at asc, metrics.invocation_id asc
        ) as class_position
    from metrics
    inner join rules
        on metrics.metric = rules.metric

),

judged as (

    select
        *,
        case when class_position > minimum_history then day_class else 'any day' end as compared_with,
        case when class_position > minimum_history then class_position else series_position end as place
    from scaled
    where series_position > minimum_history

),

predecessors as (

    select
        metric,
        subject,
        'any day' as compared_with,
        series_position as place,
        scaled
    from scaled
    union all
    select
        metric,
        subject,
        day_class as compared_with,
        class_position as place,
        scaled
    from scaled

),

histories as (

    select
        judged.metric,
        judged.subject,
        judged.compared_with,
        judged.place,
        predecessors.scaled
    from judged
    cross join offsets
    inner join predecessors
        on
            judged.metric = predecessors.metric
            and judged.subject = predecessors.subject
            and judged.compared_with = predecessors.compared_with
            and judged.place - offsets.distance = predecessors.place

),

medians as (

    select
        metric,
        subject,
        compared_with,
        place,
        median(scaled) as middle,
        min(scaled) as lowest,
        max(scaled) as highest,
        count(*) as history_count
    from histories
    group by metric, subject, compared_with, place

),

deviations as (

    select
        histories.metric,
        histories.subject,
        histories.compared_with,
        histories.place,
        median(abs(histories.scaled - medians.middle)) as deviation
    from histories
    inner join medians
        on
            histories.metric = medians.metric
            and histories.subject = medians.subject
            and histories.compared_with = medians.compared_with
            and histories.place = medians.place
    group by histories.metric, histories.subject, histories.compared_with, histories.place

)

select
    judged.metric,
    judged.subject,
    judged.invocation_id,
    judged.day_class,
    judged.compared_with,
    judged.scale,
    judged.observed,
    judged.scaled,
    medians.middle,
    greatest(
        {{ spread_of_deviation('deviations.deviation') }},
        {{ counting_noise('judged.scale', 'judged.record_count') }}
    ) as spread,
    medians.lowest,
    medians.highest,
    medians.history_count,
    judged.record_count,
    judged.business_date,
    judged.ordered_at
from judged
inner join medians
    on
        judged.metric = medians.metric
        and judged.subject = medians.subject
        and judged.compared_with = medians.compared_with
        and judged.place = medians.place
inner join deviations
    on
        judged.metric = deviations.metric
        and judged.subject = deviations.subject
        and judged.compared_with = deviations.compared_with
        and judged.place = deviations.place
