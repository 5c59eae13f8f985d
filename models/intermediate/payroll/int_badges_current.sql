with badges as (

    {{ newest_rows('stg_payroll__badges', ['badge', 'effective_on']) }}

)

select
    badge,
    employee_id,
    effective_on,
    {{ effective_before(['badge'], ended_on='ended_on') }} as effective_before_on,
    ended_on
from badges
