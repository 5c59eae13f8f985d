{# What two deliveries of one statement have in common. -#}
{%- set contents -%}
    account_id, message_type, sequence_number, page_number, opening_balance, closing_balance,
                first_covered_on, last_covered_on, line_count, movements
{%- endset -%}

with statements as (

    select
        delivered.*,
        account_ids.account_id,
        account_ids.balance_sign
    from {{ ref('stg_bank__statements') }} as delivered
    inner join {{ ref('int_account_ids') }} as account_ids
        on
            delivered.statement_id = account_ids.name_id
            and account_ids.named_by = 'statement'

),

statement_lines as (

    select * from {{ ref('int_bank_statement_lines_cleaned') }}

),

dated_lines as (

    select
        statement_lines.statement_id,
        statement_lines.amount,
        {{ statement_date('statement_lines', 'statements') }} as statement_on
    from statement_lines
    inner join statements
        on statement_lines.statement_id = statements.statement_id
    where statement_lines.booking_status = 'booked'

),

replaced_statements as (

    select * from {{ ref('int_bank_statements_replaced') }}

),

standing_statements as (

    select distinct standing_statement_id as statement_id from {{ ref('int_bank_statements_replaced') }}

),

line_totals as (

    select
        statement_id,
        count(*) as line_count,
        sum(amount) as movements,
        min(statement_on) as first_line_on,
        max(statement_on) as last_line_on
    from dated_lines
    group by statement_id

),

with_totals as (

    select
        statements.*,
        coalesce(line_totals.line_count, 0) as line_count,
        cast(coalesce(line_totals.movements, 0) as decimal(38, 5)) as movements,
        coalesce(
            least(statements.period_start_on, line_totals.first_line_on), statements.closing_on, statements.opening_on
        ) as first_covered_on,
        coalesce(
            statements.closing_on, line_totals.last_line_on, statements.period_start_on, statements.opening_on
        ) as last_covered_on
    from statements
    left join line_totals
        on statements.statement_id = line_totals.statement_id

),

{# A decision about one delivery of a statement is about all of them. #}
numbered as (

    select
        with_totals.*,
        row_number() over (
            partition by {{ contents }}
            order by with_totals.load_id asc, with_totals.file_hash asc, with_totals.statement_number asc
        ) as delivery_number,
        max(case when replaced_statements.statement_id is not null then 1 else 0 end) over (
            partition by {{ contents }}
        ) = 1
        and max(case when standing_statements.statement_id is not null then 1 else 0 end) over (
            partition by {{ contents }}
        ) = 0 as is_replaced
    from with_totals
    left join replaced_statements
        on with_totals.statement_id = replaced_statements.statement_id
    left join standing_statements
        on with_totals.statement_id = standing_statements.statement_id

)

select
    statement_id,
    account_id,
    file_hash,
    load_id,
    account_number,
    currency,
    message_type,
    statement_reference,
    owner_name,
    other_balances,
    rows_left_out,
    case
        when message_type <> 'statement' then 'not_booked'
        when is_replaced then 'replaced_statement'
        when delivery_number > 1 then 'repeated_statement'
        else 'kept'
    end as disposition,
    statement_number,
    line_number,
    sequence_number,
    page_number,
    line_count,
    case when balance_sign = 'debit_positive' then -opening_balance else opening_balance end as opening_balance,
    movements,
    case when balance_sign = 'debit_positive' then -closing_balance else closing_balance end as closing_balance,
    period_start_on,
    closing_on,
    first_covered_on,
    last_covered_on
from numbered
