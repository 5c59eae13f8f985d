{# Payroll's money hop by hop: payslips, payments, files, journal, bank. A file is looked for at the bank once its
   settlement date is var payroll_settlement_days behind, by a company whose bank delivers statements. #}
with payslips as (

    select * from {{ ref('fct_payslips') }}
    where is_closed

),

payments as (

    select * from {{ ref('int_payment_attempts') }}

),

files as (

    select * from {{ ref('stg_payments__payment_files') }}

),

journal_lines as (

    select * from {{ ref('fct_payroll_journal_lines') }}

),

first_payments as (

    select
        payslip_id,
        sum(case when attempt = 1 then amount else 0 end) as amount,
        sum(case when has_come_back then 0 else amount end) as kept_amount
    from payments
    group by payslip_id

),

payslips_paid as (

    select
        payslips.pay_period_id,
        count(*) as payslip_count,
        sum(case
            when payslips.status = 'void' then case when coalesce(first_payments.kept_amount, 0) = 0 then 1 else 0 end
            when payslips.net_amount = coalesce(first_payments.amount, 0) then 1
            else 0
        end) as paid_count,
        max(payslips.paid_on) as paid_on
    from payslips
    left join first_payments
        on payslips.payslip_id = first_payments.payslip_id
    where payslips.pay_period_id in (select files.pay_period_id from files)
    group by payslips.pay_period_id

),

file_payments as (

    select
        payment_file_id,
        count(*) as payment_count,
        sum(amount) as amount
    from payments
    group by payment_file_id

),

file_prenotes as (

    select
        payment_file_id,
        count(*) as prenote_count
    from {{ ref('stg_payments__sent_prenotes') }}
    group by payment_file_id

),

bank_payments as (

    select
        payment_file_id,
        sum(case when status in ('returned', 'rejected', 'reissued') then 0 else amount end) as kept_amount,
        sum(
            case when settled_by_item_id is null then 0 else amount end
            - case when returned_by_item_id is null then 0 else amount end
        ) as bank_amount
    from {{ ref('fct_payroll_payments') }}
    group by payment_file_id

),

banks as (

    select max(last_statement_on) as last_statement_on
    from {{ ref('dim_accounts') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

journal as (

    select
        pay_period_id,
        max(currency) as currency,
        max(posted_on) as posted_on,
        sum(case when amount > 0 then amount else 0 end) as debit_amount,
        -sum(case when amount < 0 and gl_account is not null then amount else 0 end) as credit_amount
    from journal_lines
    group by pay_period_id

)

select
    'payslips_to_payments' as control_code,
    concat('pay period ', pay_period_id) as scope,
    'payslips' as measure,
    cast(null as string) as currency,
    'Closed payslips against those whose payments are their net pay, and void ones whose payments came back'
        as explanation,
    cast(payslip_count as decimal(28, 5)) as expected,
    cast(paid_count as decimal(28, 5)) as actual,
    paid_on as business_date
from payslips_paid
union all
select
    'payments_to_file' as control_code,
    concat('payment file ', files.file_reference) as scope,
    'amount' as measure,
    files.currency,
    'Total that the payment file declares against its payments' as explanation,
    files.amount_total as expected,
    cast(coalesce(file_payments.amount, 0) as decimal(28, 5)) as actual,
    files.effective_on as business_date
from files
left join file_payments
    on files.payment_file_id = file_payments.payment_file_id
union all
select
    'payments_to_file' as control_code,
    concat('payment file ', files.file_reference) as scope,
    'payments' as measure,
    cast(null as string) as currency,
    'Number of entries that the payment file declares against its payments and prenotes' as explanation,
    cast(files.payment_count as decimal(28, 5)) as expected,
    cast(
        coalesce(file_payments.payment_count, 0) + coalesce(file_prenotes.prenote_count, 0) as decimal(28, 5)
    ) as actual,
    files.effective_on as business_date
from files
left join file_payments
    on files.payment_file_id = file_payments.payment_file_id
left join file_prenotes
    on files.payment_file_id = file_prenotes.payment_file_id
union all
select
    'file_to_bank' as control_code,
    concat('payment file ', files.file_reference) as scope,
    'amount' as measure,
    files.currency,
    'Payments less those that came back against what the bank took less what it gave back' as explanation,
    cast(bank_payments.kept_amount as decimal(28, 5)) as expected,
    cast(bank_payments.bank_amount as decimal(28, 5)) as actual,
    files.effective_on as business_date
from files
inner join bank_payments
    on files.payment_file_id = bank_payments.payment_file_id
cross join as_of_date
cross join banks
where
    banks.last_statement_on is not null
    and {{ days_later('files.effective_on', var('payroll_settlement_days')) }} <= as_of_date.as_of_on
union all
select
    'payroll_journal' as control_code,
    concat('pay period ', pay_period_id) as scope,
    'amount' as measure,
    currency,
    'Debits less credits of the payroll journal against nothing' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(debit_amount - credit_amount as decimal(28, 5)) as actual,
    posted_on as business_date
from journal
