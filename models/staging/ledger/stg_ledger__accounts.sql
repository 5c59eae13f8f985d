{{ config(materialized=read_outside()) }}

with ledger_accounts as (

    {{ loaded_rows('ledger_accounts') }}

),

numbered as (

    select
        *,
        row_number() over (
            partition by trim(gl_account)
            order by load_id desc, file_hash asc, line_number desc
        ) as recency,
        min(load_id) over (
            partition by
                {{ normalized_account('bank_account') }},
                {{ normalized_account('bank_id') }},
                upper(trim(currency))
        ) as first_load_id
    from ledger_accounts

),

renamed as (

    select
        trim(gl_account) as gl_account,
        {{ normalized_account('bank_account') }} as account_key,
        {{ normalized_account('bank_id') }} as bank_key,
        file_hash,
        load_id,
        first_load_id,
        trim(name) as account_name,
        lower(trim(type)) as account_type,
        upper(trim(currency)) as currency,
        nullif(trim(bank_account), '') as bank_account,
        line_number,
        closed_on
    from numbered
    where recency = 1

)

select * from renamed
