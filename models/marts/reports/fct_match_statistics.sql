with statistics as (

    select * from {{ ref('int_match_statistics') }}

)

select
    account_id,
    rule_code,
    period_grain,
    currency,
    item_count,
    period_item_count,
    matched_item_count,
    break_count,
    previous_item_count,
    previous_matched_item_count,
    previous_break_count,
    match_rate,
    previous_match_rate,
    match_rate_trend,
    match_rate_spread,
    matched_value,
    previous_matched_value,
    break_value,
    previous_break_value,
    median_days_to_clear,
    previous_median_days_to_clear,
    ninth_decile_days_to_clear,
    previous_ninth_decile_days_to_clear,
    period_start_on
from statistics
