with document_pages as (

    select * from {{ ref('stg_documents__document_pages') }}

),

document_facts as (

    select * from {{ ref('stg_documents__document_facts') }}

),

first_pages as (

    select * from document_pages
    where line_number = 1

),

{# A page that nobody can read is a question to its sender, and proves nothing by itself. #}
quality as (

    select
        document_id,
        min(
            case
                when width < {{ var('picture_least_side') }} or height < {{ var('picture_least_side') }}
                    then 'page ' || cast(line_number as string) || ' is too small'
                when coverage < {{ var('picture_least_coverage') }}
                    then 'page ' || cast(line_number as string) || ' is blank, or far out of focus'
                when sharpness < {{ var('picture_least_sharpness') }}
                    then 'page ' || cast(line_number as string) || ' is blurred'
                when brightness < {{ var('picture_least_brightness') }}
                    then 'page ' || cast(line_number as string) || ' is too dark'
            end
        ) as unreadable_reason,
        min('page ' || cast(line_number as string) || ': ' || text_fault) as fault_of_pages
    from document_pages
    group by document_id

),

newest_facts as (

    select * from (
        select
            *,
            row_number() over (
                partition by document_path order by load_id desc, file_path desc, line_number desc
            ) as recency
        from document_facts
    ) as numbered
    where recency = 1

),

{# What a person tells counts before what was read, which is whole with an amount, a currency and a date. #}
known as (

    select
        first_pages.*,
        quality.unreadable_reason,
        quality.fault_of_pages,
        newest_facts.handed_in_by,
        newest_facts.handed_in_on,
        newest_facts.document_fact_id is not null as is_told,
        case
            when newest_facts.document_fact_id is not null then newest_facts.merchant else first_pages.read_merchant
        end as merchant,
        case
            when newest_facts.document_fact_id is not null then newest_facts.document_number
            else first_pages.read_number
        end as document_number,
        coalesce(newest_facts.currency, first_pages.read_currency) as currency,
        coalesce(newest_facts.amount, first_pages.read_amount) as amount,
        case
            when newest_facts.document_fact_id is not null then newest_facts.tax_amount
            else first_pages.read_tax_amount
        end as tax_amount,
        coalesce(newest_facts.document_on, first_pages.read_on) as document_on
    from first_pages
    inner join quality
        on first_pages.document_id = quality.document_id
    left join newest_facts
        on first_pages.file_path = newest_facts.document_path

)

select
    document_id,
    file_hash,
    load_id,
    file_path,
    image_format,
    thumbnail,
    unreadable_reason,
    fault_of_pages as text_fault,
    handed_in_by,
    merchant,
    {{ letters_and_digits('merchant') }} as merchant_key,
    {{ letters_and_digits('handed_in_by') }} as handed_in_by_key,
    document_number,
    {{ normalized_reference('document_number') }} as number_key,
    currency,
    page_count,
    width,
    height,
    frequency_hash,
    gradient_hash,
    amount,
    tax_amount,
    read_amount,
    sharpness,
    brightness,
    coverage,
    amount is not null and currency is not null and document_on is not null as has_facts,
    is_told,
    is_proved,
    document_on,
    handed_in_on
from known
