with anomalies as (

    select * from {{ ref('int_anomalies') }}

)

select
    anomaly_id,
    invocation_id,
    metric,
    subject,
    day_class,
    compared_with,
    status,
    explanation,
    history_count,
    record_count,
    cast(observed as decimal(28, 5)) as value, -- noqa: RF04
    cast(expected as decimal(28, 5)) as expected,
    cast(low as decimal(28, 5)) as low,
    cast(high as decimal(28, 5)) as high,
    cast(score as decimal(18, 2)) as score,
    business_date,
    ordered_at
from anomalies
