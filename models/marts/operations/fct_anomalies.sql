with compared as (

    select * from {{ ref('int_metrics_compared') }}

),

rules as (

    select * from {{ ref('anomaly_rules') }}

),

known_events as (

    select * from {{ ref('known_events') }}

),

scored as (

    select
        compared.*,
        rules.metric_name,
        rules.direction,
        rules.minimum_records,
        rules.minimum_relative_deviation,
        rules.minimum_absolute_deviation,
        {{ variance_restored('compared.middle', 'compared.scale') }} as expected,
        {{ variance_restored('compared.lowest', 'compared.scale') }} as lowest_before,
        {{ variance_restored('compared.highest', 'compared.scale') }} as highest_before,
        rules.score_threshold as threshold_below,
        case
            when compared.day_class = 'month end' and compared.compared_with <> 'month end'
                then rules.month_end_threshold
            else rules.score_threshold
        end as threshold_above
    from compared
    inner join rules
        on compared.metric = rules.metric

),

{# Nothing is odd that lies within the threshold, within the least deviation, or within what was seen before. #}
banded as (

    select
        *,
        least(
            {{ variance_restored('middle - threshold_below * spread', 'scale') }},
            lowest_before,
            expected - greatest(minimum_absolute_deviation, minimum_relative_deviation * expected)
        ) as low,
        greatest(
            {{ variance_restored('middle + threshold_above * spread', 'scale') }},
            highest_before,
            expected + greatest(minimum_absolute_deviation, minimum_relative_deviation * expected)
        ) as high
    from scored

),

judged as (

    select
        *,
        {{ surrogate_key(['metric', 'subject', 'business_date', 'invocation_id']) }} as anomaly_id,
        case
            when coalesce(record_count, 0) < minimum_records then null
            when observed < low and direction in ('both', 'low') then 'below'
            when observed > high and direction in ('both', 'high') then 'above'
        end as side
    from banded

),

known as (

    select
        judged.anomaly_id,
        min(concat(known_events.reason, ' (', known_events.author, ')')) as reason
    from judged
    inner join known_events
        on
            judged.business_date = known_events.business_date
            and judged.metric = case when known_events.metric = '*' then judged.metric else known_events.metric end
            and judged.subject = case when known_events.subject = '*' then judged.subject else known_events.subject end
    where judged.side is not null
    group by judged.anomaly_id

)

select
    judged.anomaly_id,
    judged.invocation_id,
    judged.metric,
    judged.subject,
    judged.day_class,
    judged.compared_with,
    case
        when judged.side is null then 'normal'
        when known.anomaly_id is not null then 'known'
        else 'anomaly'
    end as status,
    case
        when judged.side is not null then concat(
            upper(left(judged.metric_name, 1)), substring(judged.metric_name, 2), ': ',
            {{ observed_text('judged.observed', 'judged.scale') }},
            ', expected about ', {{ observed_text('judged.expected', 'judged.scale') }},
            ', the median of the ', cast(judged.history_count as {{ dbt.type_string() }}),
            case
                when judged.day_class = 'run' then ' runs'
                when judged.compared_with = 'month end' then ' month-end days'
                when judged.compared_with = 'any day' then ' business days'
                else ' same weekdays'
            end,
            ' before it. Odd because that is ',
            {{ text_of_decimal('abs(judged.scaled - judged.middle) / judged.spread', 1) }},
            ' times the usual spread ', judged.side, ' and ',
            case when judged.side = 'below' then 'less' else 'more' end, ' than on any of them',
            case when known.reason is not null then concat('. Known: ', known.reason) else '' end
        )
    end as explanation,
    judged.history_count,
    judged.record_count,
    cast(judged.observed as decimal(28, 5)) as value, -- noqa: RF04
    cast(judged.expected as decimal(28, 5)) as expected,
    cast(judged.low as decimal(28, 5)) as low,
    cast(judged.high as decimal(28, 5)) as high,
    cast((judged.scaled - judged.middle) / judged.spread as decimal(18, 2)) as score,
    judged.business_date,
    judged.ordered_at
from judged
left join known
    on judged.anomaly_id = known.anomaly_id
