with cash_letters as (

    select * from {{ ref('stg_documents__cash_letters') }}

),

cheques as (

    select * from {{ ref('fct_cheques') }}

),

deposits as (

    select * from {{ ref('fct_cheque_deposits') }}

),

documents as (

    select * from {{ ref('fct_documents') }}

),

document_pages as (

    select * from {{ ref('stg_documents__document_pages') }}
    where line_number = 1

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

letters as (

    select
        cash_letters.cash_letter_id,
        cash_letters.file_path || ' ' || cast(cash_letters.cash_letter_number as string) as scope,
        cash_letters.currency,
        max(cash_letters.item_count) as item_count,
        max(cash_letters.amount_total) as amount_total,
        count(cheques.cheque_id) as cheque_count,
        coalesce(sum(cheques.amount), 0) as cheque_amount
    from cash_letters
    left join cheques
        on cash_letters.cash_letter_id = cheques.cash_letter_id
    group by
        cash_letters.file_path,
        cash_letters.cash_letter_number,
        cash_letters.cash_letter_id,
        cash_letters.currency

),

{# Between a cash letter and the statements, by what the money does. #}
movements as (

    select
        cash_letter_id,
        case when kind = 'return' then 'returned' else 'amount' end as measure,
        amount as expected,
        coalesce(paid_amount, 0) as actual
    from cheques
    where account_id is not null
    union all
    select
        cash_letter_id,
        case when kind = 'return' then 'returned' else 'deposited' end as measure,
        abs(amount) as expected,
        abs(coalesce(credited_amount, 0)) as actual
    from deposits

),

moved as (

    select
        letters.scope,
        letters.currency,
        movements.measure,
        case movements.measure
            when 'amount' then 'Own cheques of the cash letter against the lines of the statements that pay them'
            when 'deposited' then 'Deposits of the cash letter against the lines of the statements that credit them'
            else 'Returns of the cash letter against the lines of the statements that give or take them back'
        end as explanation,
        sum(movements.expected) as expected,
        sum(movements.actual) as actual
    from letters
    inner join movements
        on letters.cash_letter_id = movements.cash_letter_id
    group by letters.scope, letters.currency, movements.measure

),

findings as (

    {% for finding in [
        'is_duplicate', 'is_unissued', 'is_altered', 'is_paid_otherwise', 'is_out_of_range', 'is_stale'
    ] -%}
    select
        account_id,
        '{{ finding[3:] | replace("_", " ") }}' as measure,
        sum(case when {{ finding }} then 1 else 0 end) as cheque_count,
        min(case when {{ finding }} then cheque_number end) as first_number
    from cheques
    where
        kind = 'cheque'
        and account_id is not null
    group by account_id
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor %}

),

pictured as (

    select
        count(document_pages.document_id) as delivered_count,
        count(documents.document_id) as document_count
    from document_pages
    left join documents
        on document_pages.document_id = documents.document_id
    having count(document_pages.document_id) > 0

)

select
    'cash_letter_proof' as control_code,
    letters.scope,
    'items' as measure,
    cast(null as string) as currency,
    'Items that the cash letter declares against its cheques' as explanation,
    cast(letters.item_count as decimal(28, 5)) as expected,
    cast(letters.cheque_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from letters
cross join as_of_date
union all
select
    'cash_letter_proof' as control_code,
    letters.scope,
    'amount' as measure,
    letters.currency,
    'Total that the cash letter declares against its cheques' as explanation,
    cast(letters.amount_total as decimal(28, 5)) as expected,
    cast(letters.cheque_amount as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from letters
cross join as_of_date
union all
select
    'cheques_to_bank' as control_code,
    moved.scope,
    moved.measure,
    moved.currency,
    moved.explanation,
    cast(moved.expected as decimal(28, 5)) as expected,
    cast(moved.actual as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from moved
cross join as_of_date
union all
select
    'cheque_register' as control_code,
    findings.account_id as scope,
    findings.measure,
    cast(null as string) as currency,
    coalesce(
        'The first is cheque ' || findings.first_number, 'Cheques against the register of the books'
    ) as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(findings.cheque_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from findings
cross join as_of_date
union all
select
    'documents_accounted' as control_code,
    'documents' as scope,
    'documents' as measure,
    cast(null as string) as currency,
    'Pictures in the lake against documents with a status' as explanation,
    cast(pictured.delivered_count as decimal(28, 5)) as expected,
    cast(pictured.document_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from pictured
cross join as_of_date
