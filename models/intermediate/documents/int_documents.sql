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
        ) as unreadable_reason
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

)

select
    first_pages.document_id,
    first_pages.file_hash,
    first_pages.load_id,
    first_pages.file_path,
    first_pages.image_format,
    first_pages.thumbnail,
    quality.unreadable_reason,
    newest_facts.handed_in_by,
    newest_facts.merchant,
    {{ letters_and_digits('newest_facts.merchant') }} as merchant_key,
    {{ letters_and_digits('newest_facts.handed_in_by') }} as handed_in_by_key,
    newest_facts.document_number,
    newest_facts.number_key,
    newest_facts.currency,
    first_pages.page_count,
    first_pages.width,
    first_pages.height,
    first_pages.frequency_hash,
    first_pages.gradient_hash,
    newest_facts.amount,
    newest_facts.tax_amount,
    first_pages.sharpness,
    first_pages.brightness,
    first_pages.coverage,
    newest_facts.document_fact_id is not null as has_facts,
    newest_facts.document_on,
    newest_facts.handed_in_on
from first_pages
inner join quality
    on first_pages.document_id = quality.document_id
left join newest_facts
    on first_pages.file_path = newest_facts.document_path
