with totals as (

    select * from marts.fct_control_totals
    union all
    select * from marts.fct_payroll_controls

)

select
    totals.area,
    totals.control_code,
    coalesce(any_value(controls.control_name), totals.control_code) as control_name,
    any_value(controls.next_step) as next_step,
    coalesce(any_value(controls.blocks), 'close') <> 'nothing' as is_blocking,
    count(*) as control_count,
    count(*) filter (where totals.status = 'green') as green_count,
    count(*) filter (where totals.status = 'red' and totals.is_accepted) as accepted_count,
    count(*) filter (where totals.status = 'red' and not totals.is_accepted) as red_count
from totals
left join marts.dim_controls as controls
    on totals.control_code = controls.control_code
group by totals.area, totals.control_code
order by any_value(controls.control_number), totals.control_code, totals.area
