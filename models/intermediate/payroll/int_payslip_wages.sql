select * from {{ ref('int_contribution_wages') }}
union all
select * from {{ ref('int_income_wages') }}
