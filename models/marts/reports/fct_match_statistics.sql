{# A rule that an account knows stands in each of its periods, with zeros where it matched nothing, so that the period
   before is never another one. #}
with items as (

    select * from {{ ref('fct_reconciliation_items') }}
    where
        amount <> 0
        or match_id is not null

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

{# Each item once per grain under what became of it, its rule or open, and once under all. #}
dated as (

    {% for grain in ['week', 'month'] -%}
    select
        account_id,
        match_id,
        '{{ grain }}' as period_grain,
        rule_code,
        amount,
        age,
        is_break,
        cast({{ dbt.date_trunc(grain, 'counted_on') }} as date) as period_start_on
    from items
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

places as (

    select 1 as place
    union all
    select 2 as place

),

grouped as (

    select
        dated.*,
        case when places.place = 1 then coalesce(dated.rule_code, 'open') else 'all' end as match_group
    from dated
    cross join places

),

counted as (

    select
        account_id,
        match_group,
        period_grain,
        count(*) as item_count,
        count(match_id) as matched_item_count,
        sum(case when is_break then 1 else 0 end) as break_count,
        sum(case when match_id is not null then abs(amount) else 0 end) as matched_value,
        sum(case when is_break then abs(amount) else 0 end) as break_value,
        cast(
            percentile_cont(0.5) within group (order by case when match_id is not null then age end) as decimal(18, 6)
        ) as median_days,
        cast(
            percentile_cont(0.9) within group (order by case when match_id is not null then age end) as decimal(18, 6)
        ) as ninth_decile_days,
        period_start_on
    from grouped
    group by account_id, match_group, period_grain, period_start_on

),

account_periods as (

    select
        account_id,
        period_grain,
        item_count,
        period_start_on
    from counted
    where match_group = 'all'

),

account_groups as (

    select distinct
        account_id,
        match_group
    from counted

),

periods as (

    select
        account_periods.account_id,
        account_groups.match_group as rule_code,
        account_periods.period_grain,
        coalesce(counted.item_count, 0) as item_count,
        account_periods.item_count as period_item_count,
        coalesce(counted.matched_item_count, 0) as matched_item_count,
        coalesce(counted.break_count, 0) as break_count,
        coalesce(counted.matched_value, 0) as matched_value,
        coalesce(counted.break_value, 0) as break_value,
        counted.median_days as median_days_to_clear,
        counted.ninth_decile_days as ninth_decile_days_to_clear,
        cast(
            cast(coalesce(counted.matched_item_count, 0) as double) / account_periods.item_count as decimal(18, 6)
        ) as match_rate,
        account_periods.period_start_on
    from account_periods
    inner join account_groups
        on account_periods.account_id = account_groups.account_id
    left join counted
        on
            account_periods.account_id = counted.account_id
            and account_periods.period_grain = counted.period_grain
            and account_periods.period_start_on = counted.period_start_on
            and account_groups.match_group = counted.match_group

),

with_previous as (

    select
        *,
        {%- for column in [
            'item_count',
            'matched_item_count',
            'break_count',
            'matched_value',
            'break_value',
            'match_rate',
            'median_days_to_clear',
            'ninth_decile_days_to_clear',
        ] %}
        lag({{ column }}) over in_order as previous_{{ column }},
        {%- endfor %}
        stddev_samp(cast(match_rate as double)) over (
            partition by account_id, rule_code, period_grain
            order by period_start_on
            rows between unbounded preceding and current row
        ) as match_rate_spread
    from periods
    window in_order as (partition by account_id, rule_code, period_grain order by period_start_on)

)

select
    with_previous.account_id,
    with_previous.rule_code,
    with_previous.period_grain,
    accounts.currency,
    cast(with_previous.item_count as integer) as item_count,
    cast(with_previous.period_item_count as integer) as period_item_count,
    cast(with_previous.matched_item_count as integer) as matched_item_count,
    cast(with_previous.break_count as integer) as break_count,
    cast(with_previous.previous_item_count as integer) as previous_item_count,
    cast(with_previous.previous_matched_item_count as integer) as previous_matched_item_count,
    cast(with_previous.previous_break_count as integer) as previous_break_count,
    with_previous.match_rate,
    with_previous.previous_match_rate,
    cast(with_previous.match_rate - with_previous.previous_match_rate as decimal(18, 6)) as match_rate_trend,
    {{ six_digits('with_previous.match_rate_spread') }} as match_rate_spread,
    cast(with_previous.matched_value as decimal(28, 5)) as matched_value,
    cast(with_previous.previous_matched_value as decimal(28, 5)) as previous_matched_value,
    cast(with_previous.break_value as decimal(28, 5)) as break_value,
    cast(with_previous.previous_break_value as decimal(28, 5)) as previous_break_value,
    with_previous.median_days_to_clear,
    with_previous.previous_median_days_to_clear,
    with_previous.ninth_decile_days_to_clear,
    with_previous.previous_ninth_decile_days_to_clear,
    with_previous.period_start_on
from with_previous
inner join accounts
    on with_previous.account_id = accounts.account_id
