{%- set datasets = [
    'punches', 'employees', 'badges', 'pay_groups', 'pay_periods', 'pay_rates', 'tax_elections', 'bank_details',
    'recurring_items', 'one_time_items', 'leave', 'opening_balances'
] -%}
with files as (

    select * from {{ ref('stg_collect__files') }}
    where
        file_status in ('loaded', 'excluded')
        and {{ is_payroll_source('source_name') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

lake_rows as (

    {%- for dataset in datasets %}
    {{ file_totals([(ref('stg_payroll__' ~ dataset), none)]) }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}

),

remainders as (

    {{ batch_remainders('payroll') | indent(4) }}

)

select
    'file_to_lake' as control_code,
    files.path as scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Rows the reader counted against rows in the lake' as explanation,
    cast(sum(files.record_count) as decimal(28, 5)) as expected,
    cast(sum(coalesce(lake_rows.row_count, 0)) as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from files
cross join as_of_date
left join lake_rows
    on
        files.file_hash = lake_rows.file_hash
        and files.load_id = lake_rows.load_id
group by files.path, as_of_date.as_of_on
union all
select * from remainders
