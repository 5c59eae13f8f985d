with bank_items as (

    select * from {{ ref('int_items_aged') }}
    where
        side = 'bank'
        and item_kind = 'statement_line'

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

business_dates as (

    select * from {{ ref('int_business_dates') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

counted as (

    select
        account_id,
        counted_on,
        {% for days in var('match_rate_days') -%}
        sum(case when match_id is not null and age <= {{ days }} then 1 else 0 end) as matched_after_{{ days }},
        {% endfor -%}
        count(*) as item_count
    from bank_items
    group by account_id, counted_on

),

aged as (

    select
        counted.*,
        last_days.business_day_number - counted_days.business_day_number as days_known
    from counted
    inner join accounts
        on counted.account_id = accounts.account_id
    cross join as_of_date
    inner join business_dates as counted_days
        on
            accounts.calendar_code = counted_days.calendar_code
            and counted.counted_on = counted_days.date_on
    inner join business_dates as last_days
        on
            accounts.calendar_code = last_days.calendar_code
            and as_of_date.as_of_on = last_days.date_on

)

{% for days in var('match_rate_days') -%}
select
    'match_rate_after_{{ days }}' as metric,
    account_id as subject,
    cast(matched_after_{{ days }} as double) / item_count as observed,
    item_count as record_count,
    counted_on as business_date
from aged
where days_known >= {{ days }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
