{# The matches that the close of this build's business date would freeze, and the undone ones of earlier closes. #}
with matched as (

    select * from {{ ref('int_items_matched') }}

),

closed_matches as (

    select * from {{ ref('int_closed_matches') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    matched.match_id,
    matched.item_id,
    matched.rule_code,
    matched.difference_kind,
    matched.cleared_on,
    matched.undone_on
from matched
cross join as_of_date
left join closed_matches
    on
        matched.match_id = closed_matches.match_id
        and matched.item_id = closed_matches.item_id
where
    matched.cleared_on <= as_of_date.as_of_on
    and (
        (not matched.is_closed and matched.is_standing)
        or (matched.is_closed and not matched.is_standing and closed_matches.undone_on is null)
    )
