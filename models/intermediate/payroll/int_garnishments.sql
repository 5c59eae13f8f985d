{% call deductions_taken('garnishment') %}
select * from {{ ref('int_garnishment_limits') }}
{% endcall %}
