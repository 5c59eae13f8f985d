{# Each item once per grain under what became of it, its rule or open, and once under all. What moves nothing is no
   match that was missed. #}
with items as (

    select * from {{ ref('int_items_aged') }}
    where
        amount <> 0
        or match_id is not null

),

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

counted as (

    select
        dated.*,
        case when places.place = 1 then coalesce(dated.rule_code, 'open') else 'all' end as match_group
    from dated
    cross join places

)

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
from counted
group by account_id, match_group, period_grain, period_start_on
