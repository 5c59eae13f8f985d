{# A file is looked for at the bank once its settlement date is var payroll_settlement_days behind, by a company whose
   bank delivers statements. #}
with files as (

    select * from {{ ref('stg_payments__payment_files') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

banks as (

    select max(last_statement_on) as last_statement_on
    from {{ ref('int_accounts') }}

),

file_payments as (

    select
        payment_file_id,
        sum(case when status in ('returned', 'rejected', 'reissued') then 0 else amount end) as kept_amount,
        sum(
            case when settled_by_item_id is null then 0 else amount end
            - case when returned_by_item_id is null then 0 else amount end
        ) as bank_amount
    from {{ ref('fct_payroll_payments') }}
    group by payment_file_id

)

select
    'file_to_bank' as control_code,
    concat('payment file ', files.file_reference) as scope,
    'amount' as measure,
    files.currency,
    'Payments less those that came back against what the bank took less what it gave back' as explanation,
    cast(file_payments.kept_amount as decimal(28, 5)) as expected,
    cast(file_payments.bank_amount as decimal(28, 5)) as actual,
    files.effective_on as business_date
from files
inner join file_payments
    on files.payment_file_id = file_payments.payment_file_id
cross join as_of_date
cross join banks
where
    banks.last_statement_on is not null
    and {{ days_later('files.effective_on', var('payroll_settlement_days')) }} <= as_of_date.as_of_on
