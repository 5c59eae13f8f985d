{% call deductions_taken('retirement') %}
select * from {{ ref('int_retirement_available') }}
{% endcall %}
