{# Of an id that comes again with other contents the first stands, and of those of one load a signed one: whoever can
   write a file takes nobody's decision away. Persons are told apart by decider, which collection notes, in older lakes
   with blanks, or with the letters of a long name as they come; what one has without it nobody can approve. A lake may
   hold decisions dated ahead: they come no later than they were delivered. #}
with delivered as (

    select
        *,
        {{ load_time('load_id') }} as loaded_at
    from {{ ref('stg_decisions__decisions') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by decision_id
            order by load_id, case when signed_with is null then 1 else 0 end, file_hash, line_number
        ) as delivery_number,
        dense_rank() over (
            partition by decision_id
            order by decision, subjects, reason, decided_by, until_on, difference, unit, decided_at
        ) as content_number
    from delivered

),

counted as (

    select
        *,
        max(content_number) over (partition by decision_id) - 1 as other_content_count
    from numbered

),

with_letters as (

    select
        *,
        replace(coalesce(decider, upper(decided_by)), ' ', '') as letters
    from counted
    where delivery_number = 1

)

select
    decision_id,
    decision,
    subjects,
    reason,
    decided_by,
    case
        when length(letters) >= 8
            then replace({{ words_in_order(regexp_replace_all('letters', '(.)', '$1 ')) }}, ' ', '')
        else letters
    end as decider,
    decider is not null as is_told_apart,
    load_id,
    file_hash,
    unit,
    not_red,
    signed_with,
    difference,
    other_content_count,
    until_on,
    cast(loaded_at as date) as loaded_on,
    least(decided_at, loaded_at) as decided_at
from with_letters
