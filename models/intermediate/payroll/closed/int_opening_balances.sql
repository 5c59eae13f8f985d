with delivered as (

    {{ newest_rows(
        'stg_payroll__opening_balances', ['employee_id', 'tax_year', 'balance_kind', 'code', 'jurisdiction']
    ) }}

)

select
    employee_id,
    balance_kind,
    code,
    jurisdiction,
    tax_year,
    employee_id = 'TOTAL' as is_total,
    amount
from delivered
