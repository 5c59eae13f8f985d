{# A decision undoes a match on the first open date. As of a closed date the match still stands, unless a close up to
   that date has recorded that it was undone. #}
with subjects as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'unmatch'
        and is_in_force

),

closed_matches as (

    select * from {{ ref('int_closed_matches') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

)

select distinct subjects.subject as match_id
from subjects
cross join as_of_date
cross join first_open_date
where coalesce(as_of_date.as_of_on >= first_open_date.first_open_on, true)
union distinct
select distinct closed_matches.match_id
from closed_matches
cross join as_of_date
where closed_matches.undone_on <= as_of_date.as_of_on
