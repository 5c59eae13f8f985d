with open_items as (

    {{ open_items('difference_decided') }}

),

new_differences as (

    select
        *,
        false as is_held
    from {{ ref('int_match_differences') }}

)

{% for relation, condition in [
    ('open_items', "side = 'ledger'"),
    (ref('int_items_available'), "item_kind = 'match_difference'"),
    ('new_differences', 'true'),
] -%}
select
    {{ pool_item_columns('items') }}
from {{ relation }} as items
where {{ condition }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
