{% call taxes_by_rate('contribution_method') %}
{{ wages_to_date(
    ['social_security', 'medicare', 'futa', 'suta', 'state_gross'],
    [ref('int_earnings'), ref('int_section_125_deductions')]
) }}
{% endcall %}
