{{ config(materialized='view') }}

{# The business day is that of the calendar as it is, which no batch watches. #}
with closed_match_items as (

    select * from {{ ref('int_closed_match_items') }}
    {%- if given_business_date() %}
    where
        cleared_on <= {{ business_date() }}
        and counted_on <= {{ business_date() }}
    {%- endif %}

),

undone as (

    select * from {{ ref('int_matches_undone') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

)

select
    {{ counted_item_columns(
        'items',
        instead={
            'calendar_code': 'accounts.calendar_code',
            'line_number': 'cast(items.line_number as bigint)',
            'business_day_number': 'business_dates.business_day_number',
            'is_reversal': 'false',
            'is_frozen': 'true',
        },
        nulls=['charges_amount'],
    ) }},
    items.match_id,
    items.rule_code,
    items.difference_kind,
    items.cleared_on
from closed_match_items as items
inner join accounts
    on items.account_id = accounts.account_id
left join business_dates
    on
        accounts.calendar_code = business_dates.calendar_code
        and items.item_on = business_dates.date_on
left join undone
    on items.match_id = undone.match_id
where undone.match_id is null
