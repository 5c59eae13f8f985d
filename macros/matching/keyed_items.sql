{#- The common table expressions that every pass begins with: rule (one row), open_items, and keyed_items,
    which are the open items that have this pass's key, cut into runs. A run is a stretch of items of one
    account, currency and key without a pause longer than the rule's window, so only items of one run can match.

    rule_code: the rule's row in match_rules. passes: earlier pass models.
    bank_key, ledger_key: the expression on each side that must be equal. -#}
{% macro keyed_items(rule_code, passes, bank_key, ledger_key) -%}
rule as (

    select
        rule_code,
        bank_days_before_ledger,
        bank_days_after_ledger,
        greatest(bank_days_before_ledger, bank_days_after_ledger) as longest_pause
    from {{ ref('match_rules') }}
    where rule_code = '{{ rule_code }}'

),

open_items as (

    {{ open_items(passes) }}

),

items_with_key as (

    select
        *,
        case when side = 'bank' then {{ bank_key }} else {{ ledger_key }} end as match_key
    from open_items
    where business_day_number is not null

),

items_with_pause as (

    select
        items_with_key.*,
        rule.rule_code,
        rule.bank_days_before_ledger,
        rule.bank_days_after_ledger,
        case
            when items_with_key.business_day_number - lag(items_with_key.business_day_number) over (
                partition by items_with_key.account_id, items_with_key.currency, items_with_key.match_key
                order by items_with_key.business_day_number, items_with_key.item_id
            ) > rule.longest_pause then 1
            else 0
        end as starts_run
    from items_with_key
    cross join rule
    where items_with_key.match_key is not null

),

keyed_items as (

    select
        *,
        sum(starts_run) over (
            partition by account_id, currency, match_key
            order by business_day_number, item_id
            rows between unbounded preceding and current row
        ) as run_number
    from items_with_pause

)
{%- endmacro %}

{#- True when the bank's day lies in the rule's window around the books' day, in business days. -#}
{% macro within_window(bank, ledger) -%}
    {{ bank }}.business_day_number - {{ ledger }}.business_day_number
    between -{{ bank }}.bank_days_before_ledger and {{ bank }}.bank_days_after_ledger
{%- endmacro %}
