{#- Two control rows, one for the number of rows and one for the sum of amounts, over a relation that has
    scope, business_date, currency, expected_rows, actual_rows, expected_amount, actual_amount. -#}
{% macro rows_and_amounts(relation, control_code, explanation) -%}
select
    '{{ control_code }}' as control_code,
    scope,
    'rows' as measure,
    cast(null as string) as currency,
    '{{ explanation }}' as explanation,
    cast(expected_rows as decimal(28, 5)) as expected,
    cast(actual_rows as decimal(28, 5)) as actual,
    business_date
from {{ relation }}
union all
select
    '{{ control_code }}' as control_code,
    scope,
    'amount' as measure,
    currency,
    '{{ explanation }}' as explanation,
    cast(expected_amount as decimal(28, 5)) as expected,
    cast(actual_amount as decimal(28, 5)) as actual,
    business_date
from {{ relation }}
{%- endmacro %}

{#- Totals of two relations side by side. Each relation: scope, business_date, currency, amount; one row per
    record, and one currency per scope.
    A side that is missing counts as zero rows and zero amount, so it can never hide. -#}
{% macro compare_totals(expected, actual) -%}
select
    coalesce(expected_totals.scope, actual_totals.scope) as scope,
    coalesce(expected_totals.business_date, actual_totals.business_date) as business_date,
    coalesce(expected_totals.currency, actual_totals.currency) as currency,
    coalesce(expected_totals.row_count, 0) as expected_rows,
    coalesce(actual_totals.row_count, 0) as actual_rows,
    coalesce(expected_totals.amount, 0) as expected_amount,
    coalesce(actual_totals.amount, 0) as actual_amount
from (
    select
        scope,
        business_date,
        max(currency) as currency,
        count(*) as row_count,
        sum(amount) as amount
    from {{ expected }}
    group by scope, business_date
) as expected_totals
full outer join (
    select
        scope,
        business_date,
        max(currency) as currency,
        count(*) as row_count,
        sum(amount) as amount
    from {{ actual }}
    group by scope, business_date
) as actual_totals
    on
        expected_totals.scope = actual_totals.scope
        and expected_totals.business_date = actual_totals.business_date
{%- endmacro %}
