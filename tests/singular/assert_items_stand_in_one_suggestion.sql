-- A sum has a row for each of its items; no item is in two suggestions, or deciding one would spoil the other.
{% for side in ['bank', 'ledger'] -%}
select {{ side }}_item_id as item_id
from {{ ref('fct_match_suggestions') }}
group by {{ side }}_item_id
having count(distinct suggestion_id) > 1
{{ 'union all' if not loop.last }}
{% endfor %}
