with rules as (

    select * from {{ ref('match_rules') }}
    where posting <> 'off'

),

accounts as (

    select
        bank_accounts.account_id,
        coalesce(currency_sizes.unit_size, 1) as unit_size,
        coalesce(as_of_date.as_of_on < first_open_date.first_open_on, false) as is_closed
    from {{ ref('dim_accounts') }} as bank_accounts
    cross join {{ ref('int_as_of_date') }} as as_of_date
    cross join {{ ref('int_first_open_date') }} as first_open_date
    left join {{ ref('currency_sizes') }} as currency_sizes
        on bank_accounts.currency = currency_sizes.currency

),

applicable as (

    select
        accounts.account_id,
        accounts.unit_size,
        accounts.is_closed,
        rules.*,
        {# Several rules may call a difference the same, each with tolerances of its own. #}
        rank() over (
            partition by accounts.account_id, rules.pass_code, rules.difference_kind, rules.bank_key
            order by
                case when rules.accounts = '*' then 1 else 0 end,
                case when rules.difference_kind is null then rules.rule_number else 0 end
        ) as precedence
    from accounts
    inner join rules
        on
            rules.accounts = '*'
            or concat(' ', rules.accounts, ' ') like concat('% ', accounts.account_id, ' %')

)

select
    account_id,
    rule_code,
    pass_code,
    bank_key,
    ledger_key,
    when_ambiguous,
    difference_kind,
    case when is_closed then 'suggestion' else posting end as posting,
    rule_number,
    bank_days_before_ledger,
    bank_days_after_ledger,
    wait_days,
    unit_size,
    cast(absolute_tolerance * unit_size as decimal(28, 5)) as absolute_tolerance,
    relative_tolerance
from applicable
where precedence = 1
