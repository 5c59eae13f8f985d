{#- The years and quarters whose forms were given to employees or authorities, by the newest decision of each: tax_year,
    tax_quarter (null for the forms of a year) and the load of the decision. -#}
{% macro forms_given() -%}
select
    cast(substr(subject, 1, 4) as integer) as tax_year,
    cast(nullif(substr(subject, 6, 1), '') as integer) as tax_quarter,
    load_id as given_with
from {{ ref('int_decision_subjects') }}
where
    decision = 'forms_given'
    and is_latest
{%- endmacro %}
