{# Which account a statement or a ledger account means. An id that was given stays: that of the bank and the currency
   which came first, and that of every closed date. What comes together is told apart by its suffix. #}
with ledger_accounts as (

    select * from {{ ref('stg_ledger__accounts') }}
    where account_key is not null

),

{# Where a cash account mirrors several bank accounts, its lines say which. #}
named_by_lines as (

    select
        cleaned.cash_account,
        cleaned.gl_account,
        cleaned.account_key,
        cleaned.currency,
        min(cleaned.load_id) as first_load_id
    from {{ ref('int_journal_lines_cleaned') }} as cleaned
    where cleaned.account_key is not null
    group by cleaned.cash_account, cleaned.gl_account, cleaned.account_key, cleaned.currency

),

names as (

    select
        'statement' as named_by,
        statement_id as name_id,
        cast(null as string) as gl_account,
        account_key,
        bank_key,
        currency,
        load_id as first_load_id,
        coalesce(closing_on, period_start_on, opening_on) as named_on
    from {{ ref('stg_bank__statements') }}
    union all
    select
        'ledger_account' as named_by,
        gl_account as name_id,
        gl_account,
        account_key,
        bank_key,
        currency,
        first_load_id,
        cast('{{ var('calendar_end') }}' as date) as named_on
    from ledger_accounts
    union all
    select
        'ledger_account' as named_by,
        named_by_lines.cash_account as name_id,
        named_by_lines.gl_account,
        named_by_lines.account_key,
        cast(null as string) as bank_key,
        named_by_lines.currency,
        named_by_lines.first_load_id,
        cast('{{ var('calendar_end') }}' as date) as named_on
    from named_by_lines
    inner join ledger_accounts
        on named_by_lines.gl_account = ledger_accounts.gl_account

),

aliases as (

    select
        {{ normalized_account('account_number') }} as account_key,
        {{ normalized_account('bank_id') }} as bank_key,
        upper(trim(currency)) as currency,
        {{ normalized_account('known_as') }} as known_as_key,
        balance_sign,
        ledger_accounts,
        effective_on
    from {{ ref('account_aliases') }}

),

aliased as (

    select
        names.named_by,
        names.name_id,
        names.gl_account,
        coalesce(aliases.known_as_key, names.account_key) as account_key,
        case when aliases.known_as_key is null then names.bank_key end as bank_key,
        names.currency,
        names.first_load_id,
        coalesce(aliases.balance_sign, 'credit_positive') as balance_sign,
        aliases.ledger_accounts,
        row_number() over (
            partition by names.named_by, names.name_id
            order by
                case when aliases.effective_on is null then 1 else 0 end,
                aliases.effective_on desc,
                case when aliases.bank_key is null then 1 else 0 end,
                case when aliases.currency is null then 1 else 0 end
        ) as precedence
    from names
    left join aliases
        on
            names.account_key = aliases.account_key
            and coalesce(names.bank_key, '') = coalesce(aliases.bank_key, names.bank_key, '')
            and names.currency = coalesce(aliases.currency, names.currency)
            and (aliases.effective_on is null or names.named_on >= aliases.effective_on)

),

{# A number without a bank is that of the bank which came first, if one did. #}
with_bank_loads as (

    select
        *,
        case when bank_key is not null then min(first_load_id) over (partition by account_key, bank_key) end
            as bank_load_id
    from aliased
    where precedence = 1

),

with_first_load as (

    select
        *,
        min(bank_load_id) over (partition by account_key) as first_bank_load_id
    from with_bank_loads

),

with_first_banks as (

    select
        *,
        min(case when bank_load_id = first_bank_load_id then bank_key end) over (partition by account_key)
            as first_bank_key,
        max(case when bank_load_id = first_bank_load_id then bank_key end) over (partition by account_key)
            as last_bank_key
    from with_first_load

),

with_numbers as (

    select
        *,
        case
            when bank_key is null or (bank_key = first_bank_key and first_bank_key = last_bank_key) then account_key
            else account_key || '-' || bank_key
        end as number_id
    from with_first_banks

),

closed_ids as (

    select distinct
        account_id,
        currency
    from {{ ref('stg_closes__balances') }}

),

with_currency_loads as (

    select
        with_numbers.*,
        closed_plain.account_id is not null as is_closed_plain,
        max(case when closed_suffixed.account_id is null then 0 else 1 end) over (partition by with_numbers.number_id)
            as has_closed_suffix,
        case
            when closed_plain.account_id is null
                then min(with_numbers.first_load_id) over (partition by with_numbers.number_id, with_numbers.currency)
            else ''
        end as currency_load_id
    from with_numbers
    left join closed_ids as closed_plain
        on
            with_numbers.number_id = closed_plain.account_id
            and with_numbers.currency = closed_plain.currency
    left join closed_ids as closed_suffixed
        on with_numbers.number_id || '-' || with_numbers.currency = closed_suffixed.account_id

),

with_first_currency_load as (

    select
        *,
        min(currency_load_id) over (partition by number_id) as first_currency_load_id
    from with_currency_loads

),

with_first_currencies as (

    select
        *,
        min(case when currency_load_id = first_currency_load_id then currency end) over (partition by number_id)
            as first_currency,
        max(case when currency_load_id = first_currency_load_id then currency end) over (partition by number_id)
            as last_currency
    from with_first_currency_load

)

select
    case
        when is_closed_plain then number_id
        when has_closed_suffix = 0 and currency = first_currency and first_currency = last_currency then number_id
        else number_id || '-' || currency
    end as account_id,
    named_by,
    name_id,
    gl_account,
    account_key,
    currency,
    balance_sign,
    ledger_accounts
from with_first_currencies
