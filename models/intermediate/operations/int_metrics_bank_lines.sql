with account_days as (

    select * from {{ ref('int_account_days') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

covered_days as (

    select
        account_days.account_id,
        account_days.date_on
    from account_days
    inner join accounts
        on
            account_days.account_id = accounts.account_id
            and account_days.date_on >= accounts.first_statement_on
            and account_days.date_on <= accounts.last_statement_on
    where account_days.is_business_day

),

bank_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

own_transfers as (

    select from_item_id as item_id from {{ ref('fct_own_transfers') }}
    union distinct
    select to_item_id as item_id from {{ ref('fct_own_transfers') }}

),

counted as (

    select
        covered_days.account_id,
        covered_days.date_on,
        count(bank_lines.account_id) as line_count,
        coalesce(sum(case when own_transfers.item_id is null then abs(bank_lines.amount) end), 0) as value_total,
        sum(case when bank_lines.counterparty is null then 1 else 0 end) as nameless_count,
        sum(case when bank_lines.reference is null then 1 else 0 end) as unreferenced_count
    from covered_days
    left join bank_lines
        on
            covered_days.account_id = bank_lines.account_id
            and covered_days.date_on = bank_lines.statement_on
    left join own_transfers
        on bank_lines.statement_line_id = own_transfers.item_id
    group by covered_days.account_id, covered_days.date_on

)

select
    'bank_line_count' as metric,
    account_id as subject,
    cast(line_count as double) as observed,
    line_count as record_count,
    date_on as business_date
from counted
union all
select
    'bank_line_value' as metric,
    account_id as subject,
    cast(value_total as double) as observed,
    line_count as record_count,
    date_on as business_date
from counted
where value_total > 0
union all
select
    'counterparty_null_rate' as metric,
    account_id as subject,
    cast(nameless_count as double) / line_count as observed,
    line_count as record_count,
    date_on as business_date
from counted
where line_count > 0
union all
select
    'reference_null_rate' as metric,
    account_id as subject,
    cast(unreferenced_count as double) / line_count as observed,
    line_count as record_count,
    date_on as business_date
from counted
where line_count > 0
