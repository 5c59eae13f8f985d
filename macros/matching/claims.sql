{#- The last step of every pass: its members with the date on which each match counts, one row per claimed item.

    members: relation with item_id, match_id, rule_code, posting, difference_kind, calendar_code, completed_day
    (business day number of the last item), completed_on (date on which the last item counts), wait_days. A rule that
    waits takes its items so many business days after the last one; before that day it leaves them open. The condition
    on wait_days stands inside the equality: as one of its own it keeps DuckDB from a hash join, and every member would
    be compared with every business date. -#}
{% macro claims(members) -%}
select
    members.item_id,
    members.match_id,
    members.rule_code,
    members.posting,
    members.difference_kind,
    greatest(members.completed_on, coalesce(waited.date_on, members.completed_on)) as cleared_on
from {{ members }} as members
cross join {{ ref('int_as_of_date') }} as as_of_date
left join {{ ref('dim_business_dates') }} as waited
    on
        members.calendar_code = waited.calendar_code
        and case when members.wait_days > 0 then members.completed_day + members.wait_days end
        = waited.business_day_number
        and waited.is_business_day
where
    members.wait_days = 0
    or waited.date_on <= as_of_date.as_of_on
{%- endmacro %}

{#- Both members of every pair, one row each. pairs: relation with the columns that claims asks for. one, other: its
    columns with the two item ids. -#}
{% macro pair_members(pairs, one='bank_item_id', other='ledger_item_id') -%}
select
    pairs.*,
    case when places.place = 1 then pairs.{{ one }} else pairs.{{ other }} end as item_id
from {{ pairs }} as pairs
cross join (
    select 1 as place
    union all
    select 2 as place
) as places
{%- endmacro %}
