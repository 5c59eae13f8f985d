-- One row per employee: the boxes of the W-2, but for those of states. Name and tax identifier are the newest known.
with newest as (

    select * from payroll.dim_employees
    where effective_before_on is null

)

select
    forms.employee_id,
    newest.name,
    newest.tax_id,
    sum(case when forms.line_code = '1' then forms.amount else 0 end)::decimal(28, 2) as box_1,
    sum(case when forms.line_code = '2' then forms.amount else 0 end)::decimal(28, 2) as box_2,
    sum(case when forms.line_code = '3' then forms.amount else 0 end)::decimal(28, 2) as box_3,
    sum(case when forms.line_code = '4' then forms.amount else 0 end)::decimal(28, 2) as box_4,
    sum(case when forms.line_code = '5' then forms.amount else 0 end)::decimal(28, 2) as box_5,
    sum(case when forms.line_code = '6' then forms.amount else 0 end)::decimal(28, 2) as box_6,
    sum(case when forms.line_code = '7' then forms.amount else 0 end)::decimal(28, 2) as box_7,
    sum(case when forms.line_code = '12' and forms.code = 'D' then forms.amount else 0 end)::decimal(28, 2) as box_12_D,
    sum(case when forms.line_code = '12' and forms.code = 'AA' then forms.amount else 0 end)::decimal(28, 2) as box_12_AA,
    sum(case when forms.line_code = '12' and forms.code = 'TP' then forms.amount else 0 end)::decimal(28, 2) as box_12_TP,
    sum(case when forms.line_code = '12' and forms.code = 'TT' then forms.amount else 0 end)::decimal(28, 2) as box_12_TT
from payroll.fct_tax_forms as forms
left join newest
    on forms.employee_id = newest.employee_id
where
    forms.form = 'W-2'
    and forms.tax_year = getvariable('tax_year')
group by all
order by forms.employee_id
