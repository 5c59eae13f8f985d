{# A match that a later close recorded as undone has a second row there. #}
with matches as (

    select
        matches.match_id,
        matches.item_id,
        max(matches.rule_code) as rule_code,
        max(matches.difference_kind) as difference_kind,
        min(matches.cleared_on) as cleared_on,
        max(matches.undone_on) as undone_on
    from {{ ref('stg_closes__matches') }} as matches
    inner join {{ ref('int_closes_valid') }} as closes
        on matches.close_id = closes.close_id
    group by matches.match_id, matches.item_id

)

select * from matches
{%- if given_business_date() %}
where cleared_on <= {{ business_date() }}
{%- endif %}
