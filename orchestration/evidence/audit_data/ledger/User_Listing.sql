-- The ledger's exports do not say who entered a line.
select
    null as User_ID,
    null as User_Active_Status,
    null as User_Active_Modified_Date,
    null as First_Name,
    null as Last_Name,
    null as Title,
    null as Department,
    null as Role_Responsibility
where false
