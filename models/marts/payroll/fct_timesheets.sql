with timesheets as (

    select * from {{ ref('int_timesheets') }}

)

select
    timesheet_id,
    employee_id,
    pay_period_id,
    department,
    job_code,
    regular_hours,
    overtime_hours,
    worked_hours,
    leave_hours,
    question_count,
    worked_on
from timesheets
