with journal_lines as (

    select * from {{ ref('int_payroll_journal_lines') }}

)

select
    journal_line_id,
    entry_id,
    pay_period_id,
    payment_id,
    gl_account,
    account_role,
    document_type,
    department,
    line_code,
    currency,
    reference,
    amount,
    posted_on
from journal_lines
