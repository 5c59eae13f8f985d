-- A policy by which leave is earned says how many hours, and where work earns it, with how many hours of work.
select
    pay_item_code,
    effective_on
from {{ ref('leave_policies') }}
where
    (accrual_kind is not null and hours is null)
    or (accrual_kind = 'worked_hours' and per_worked_hours is null)
