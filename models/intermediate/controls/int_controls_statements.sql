with statements as (

    select * from {{ ref('int_bank_statements_proved') }}

)

select
    'statement_proof' as control_code,
    concat(account_id, ' ', file_path, ' statement ', cast(statement_number as string)) as scope,
    'amount' as measure,
    currency,
    'Opening balance plus movements against closing balance' as explanation,
    opening_balance + movements as expected,
    closing_balance as actual,
    period_end_on as business_date
from statements
where proof_difference is not null
union all
select
    'statement_chain' as control_code,
    concat(account_id, ' ', file_path, ' statement ', cast(statement_number as string)) as scope,
    'amount' as measure,
    currency,
    'Closing balance before the statement against its opening balance' as explanation,
    previous_closing_balance as expected,
    opening_balance as actual,
    period_end_on as business_date
from statements
where gap_to_previous_closing is not null
