{#- The same work for every materialization that is compared: text cleaned, amounts scaled, keys hashed. -#}
{% macro cleaned_lines() -%}
select
    line_id,
    md5(memo) as memo_key,
    upper(trim(memo)) as memo,
    cast(amount * 100 as bigint) as amount_minor,
    booked_on,
    booked_at
from {{ ref('lines') }}
{%- endmacro %}
