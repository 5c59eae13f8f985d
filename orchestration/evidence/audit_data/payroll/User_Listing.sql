-- Who entered what the other files hold.
select distinct
    entered_by as User_ID,
    null as User_Active_Status,
    null as User_Active_Modified_Date,
    null as First_Name,
    null as Last_Name,
    null as Title,
    null as Department,
    null as Role_Responsibility
from payroll_journal_lines
where entered_by is not null
order by entered_by
