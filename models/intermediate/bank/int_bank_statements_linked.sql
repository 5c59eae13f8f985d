with statements as (

    select * from {{ ref('int_bank_statements_classified') }}

),

{# A statement without net movement links to anything with its balance, so it is no evidence of a chain. #}
moving_statements as (

    select * from statements
    where
        disposition = 'kept'
        and opening_balance <> closing_balance

),

links as (

    select
        earlier.statement_id as earlier_statement_id,
        later.statement_id as later_statement_id
    from moving_statements as earlier
    inner join moving_statements as later
        on
            earlier.account_id = later.account_id
            and earlier.closing_balance = later.opening_balance
            and earlier.statement_id <> later.statement_id
            and earlier.first_covered_on <= later.last_covered_on
            and earlier.last_covered_on >= later.first_covered_on

),

continuing as (

    select distinct later_statement_id as statement_id from links

),

continued as (

    select distinct earlier_statement_id as statement_id from links

)

select
    statements.statement_id,
    statements.account_id,
    statements.file_hash,
    statements.load_id,
    statements.account_number,
    statements.currency,
    statements.message_type,
    statements.statement_reference,
    statements.owner_name,
    statements.other_balances,
    statements.rows_left_out,
    statements.disposition,
    statements.statement_number,
    statements.line_number,
    statements.sequence_number,
    statements.page_number,
    statements.line_count,
    statements.opening_balance,
    statements.movements,
    statements.closing_balance,
    statements.period_start_on,
    statements.closing_on,
    statements.first_covered_on,
    statements.last_covered_on,
    case
        when continuing.statement_id is not null or continued.statement_id is not null
            then concat(statements.account_id, ' parts')
        else statements.statement_id
    end as statement_group_id,
    continuing.statement_id is not null as is_continuing,
    continued.statement_id is not null as is_continued
from statements
left join continuing
    on statements.statement_id = continuing.statement_id
left join continued
    on statements.statement_id = continued.statement_id
