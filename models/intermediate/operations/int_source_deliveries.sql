{#- The dates that each source has delivered something for: of a bank account the last dates of its statements. -#}
with statements as (

    select * from {{ ref('int_bank_statements_classified') }}
    where disposition = 'kept'

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

{# A posting or a punch dated ahead says nothing of whether the days before it have come. #}
as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select distinct
    'bank' as source_name,
    statements.account_id as subject,
    accounts.account_name as subject_name,
    accounts.calendar_code,
    statements.last_covered_on as delivered_on
from statements
inner join accounts
    on statements.account_id = accounts.account_id
inner join as_of_date
    on coalesce(accounts.closed_on >= as_of_date.as_of_on, true)
union all
select
    'bank' as source_name,
    account_id as subject,
    account_name as subject_name,
    calendar_code,
    cast(null as date) as delivered_on
from accounts
where
    not has_statements
    and closed_on is null
union all
select distinct
    'ledger' as source_name,
    'journal' as subject,
    'journal of the general ledger' as subject_name,
    cast(null as {{ dbt.type_string() }}) as calendar_code,
    journal_lines.posted_on as delivered_on
from {{ ref('int_journal_lines_classified') }} as journal_lines
inner join as_of_date
    on journal_lines.posted_on <= as_of_date.as_of_on
where journal_lines.disposition = 'kept'
union all
select distinct
    'punches' as source_name,
    punches.device_id as subject,
    concat('clock ', punches.device_id) as subject_name,
    cast(null as {{ dbt.type_string() }}) as calendar_code,
    cast(punches.punched_at as date) as delivered_on
from {{ ref('stg_payroll__punches') }} as punches
inner join as_of_date
    on cast(punches.punched_at as date) <= as_of_date.as_of_on
union all
select distinct
    'hr' as source_name,
    pay_group as subject,
    concat('pay periods of ', pay_group) as subject_name,
    cast(null as {{ dbt.type_string() }}) as calendar_code,
    ends_on as delivered_on
from {{ ref('stg_payroll__pay_periods') }}
