with bank_details as (

    {{ newest_rows('stg_payroll__bank_details', ['employee_id', 'priority', 'effective_on']) }}

)

select
    employee_id,
    routing_number,
    account_number,
    account_kind,
    bic,
    iban,
    split_kind,
    priority,
    split_value,
    effective_on,
    {{ effective_before(['employee_id', 'priority'], ended_on='ended_on') }} as effective_before_on,
    ended_on
from bank_details
