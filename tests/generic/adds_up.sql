{#- Fails with every row whose total is distinct from the sum of its parts. A null on either side fails too.
    total: a column. parts: columns or signed expressions. -#}
{% test adds_up(model, total, parts) %}

select
    *,
    {{ parts | join(' + ') }} as sum_of_parts
from {{ model }}
where
    {{ total }} is null
    or {{ total }} is distinct from {{ parts | join(' + ') }}

{% endtest %}
