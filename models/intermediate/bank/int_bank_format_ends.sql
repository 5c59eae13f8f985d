{{ config(materialized='view') }}

with ends as (

    select * from {{ ref('format_ends') }}

),

deliveries as (

    select
        statements.account_id,
        {{ normalized_account('statements.account_number') }} as account_key,
        files.file_format,
        statements.first_covered_on,
        statements.last_covered_on
    from {{ ref('int_bank_statements_classified') }} as statements
    inner join {{ ref('stg_collect__files') }} as files
        on
            statements.file_hash = files.file_hash
            and statements.load_id = files.load_id
    where
        statements.disposition in ('kept', 'repeated_statement')
        and files.file_status = 'loaded'

),

{# Of several patterns that an account fits the longest counts. #}
ending as (

    select
        deliveries.account_id,
        deliveries.file_format,
        deliveries.last_covered_on,
        ends.format_ends_on,
        ends.warn_days,
        row_number() over (
            partition by deliveries.account_id, deliveries.file_format, deliveries.last_covered_on
            order by length(ends.account_pattern) desc, ends.account_pattern asc
        ) as precedence
    from deliveries
    inner join ends
        on
            deliveries.file_format = ends.file_format
            and deliveries.account_key like ends.account_pattern
    where deliveries.last_covered_on >= {{ dbt.dateadd('day', '-ends.warn_days', 'ends.format_ends_on') }}

)

select
    ending.account_id,
    ending.file_format,
    max(case when other_formats.account_id is null then 0 else 1 end) = 0 as is_only_format,
    ending.format_ends_on,
    ending.last_covered_on
from ending
left join deliveries as other_formats
    on
        ending.account_id = other_formats.account_id
        and ending.file_format <> other_formats.file_format
        and ending.last_covered_on between other_formats.first_covered_on and other_formats.last_covered_on
where ending.precedence = 1
group by ending.account_id, ending.file_format, ending.format_ends_on, ending.last_covered_on
