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
            and later.first_covered_on <= earlier.last_covered_on
            and later.last_covered_on >= earlier.first_covered_on

),

continuing as (

    select distinct later_statement_id as statement_id from links

),

continued as (

    select distinct earlier_statement_id as statement_id from links

)

select
    statements.*,
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
