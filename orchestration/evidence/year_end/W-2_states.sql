-- One row per employee and state: boxes 15 to 17, and what the state took beside, of box 14.
select
    employee_id,
    jurisdiction as box_15,
    sum(case when line_code = '16' then amount else 0 end)::decimal(28, 2) as box_16,
    sum(case when line_code = '17' then amount else 0 end)::decimal(28, 2) as box_17,
    sum(case when line_code = '14' then amount else 0 end)::decimal(28, 2) as box_14
from payroll.fct_tax_forms
where
    form = 'W-2'
    and line_code in ('14', '16', '17')
    and tax_year = getvariable('tax_year')
group by all
order by employee_id, jurisdiction
