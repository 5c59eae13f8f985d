{#- Fails with every red of a control that only a defect of the project turns red. controls: ref('dim_controls'). From the
    file to the matched or open item no record may be lost; other controls can be red because of what was delivered. -#}
{% test green_where_ours(model, controls) %}

select totals.*
from {{ model }} as totals
inner join {{ controls }} as controls
    on totals.control_code = controls.control_code
where
    totals.status = 'red'
    and controls.is_ours

{% endtest %}
