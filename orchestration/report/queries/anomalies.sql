select
    metric,
    subject,
    explanation,
    value as observed,
    expected,
    low,
    high,
    score,
    business_date,
    count(*) over () as total_count
from operations.fct_anomalies
where
    status = 'anomaly'
    and business_date > (select max(as_of_on) - 7 from marts.fct_bank_reconciliations)
order by business_date desc, abs(score) desc, metric, subject
limit 20
