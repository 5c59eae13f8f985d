{#- Fails with every amount of a control that lacks its currency, without which it is nothing. controls:
    ref('dim_controls'). -#}
{% test amounts_with_currency(model, controls) %}

select totals.*
from {{ model }} as totals
inner join {{ controls }} as controls
    on totals.control_code = controls.control_code
where
    totals.measure in ('amount', 'balance per books')
    and controls.has_currency
    and totals.currency is null

{% endtest %}
