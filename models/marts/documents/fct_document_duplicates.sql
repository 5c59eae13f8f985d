with documents as (

    select * from {{ ref('int_documents') }}

),

files as (

    select * from {{ ref('stg_collect__files') }}
    where source_name = 'document_pages'

),

{# A picture is collected once; whoever delivers its bytes again is told. #}
same_bytes as (

    select
        files.path as file_path,
        documents.document_id,
        documents.file_path as other_file_path,
        documents.document_id as other_document_id,
        'same_bytes' as kind,
        cast(0 as integer) as differing_bits
    from files
    inner join documents
        on files.file_hash = documents.file_hash
    where files.path <> documents.file_path

),

banded as (

    {% for band in range(8) -%}
    select
        document_id,
        {{ band }} as band,
        {{ hash_band('gradient_hash', band) }} as bits
    from documents
    {{- '\n    union all\n    ' if not loop.last }}
    {%- endfor %}

),

proposed as (

    select
        one.document_id,
        other.document_id as other_document_id
    from documents as one
    inner join documents as other
        on
            one.currency = other.currency
            and one.amount = other.amount
            and one.document_on = other.document_on
            and one.document_id <> other.document_id
    union
    select
        one.document_id,
        other.document_id as other_document_id
    from documents as one
    inner join documents as other
        on
            one.merchant_key = other.merchant_key
            and one.number_key = other.number_key
            and one.document_on = other.document_on
            and one.document_id <> other.document_id
    union
    select
        one.document_id,
        other.document_id as other_document_id
    from banded as one
    inner join banded as other
        on
            one.band = other.band
            and one.bits = other.bits
            and one.document_id <> other.document_id

),

compared as (

    select
        one.file_path,
        one.document_id,
        other.file_path as other_file_path,
        other.document_id as other_document_id,
        {{ differing_bits('one.gradient_hash', 'other.gradient_hash') }}
        + {{ differing_bits('one.frequency_hash', 'other.frequency_hash') }} as differing_bits,
        coalesce(one.document_on = other.document_on, false)
        and (
            coalesce(one.amount = other.amount and one.currency = other.currency, false)
            or coalesce(one.merchant_key = other.merchant_key and one.number_key = other.number_key, false)
        ) as is_told_alike,
        coalesce(one.merchant_key = other.merchant_key or one.number_key = other.number_key, false) as is_same_issuer,
        {# What both papers say and say otherwise: two receipts of one shop look alike and are two. #}
        coalesce(one.amount <> other.amount, false)
        or coalesce(one.currency <> other.currency, false)
        or coalesce(one.document_on <> other.document_on, false)
        or coalesce(one.number_key <> other.number_key, false)
        or coalesce(one.merchant_key <> other.merchant_key, false) as is_contradicted
    from proposed
    inner join documents as one
        on proposed.document_id = one.document_id
    inner join documents as other
        on proposed.other_document_id = other.document_id
    where
        other.load_id < one.load_id
        or (other.load_id = one.load_id and other.file_path < one.file_path)

),

{# Of those that only look alike the nearest: many receipts of one shop do. #}
nearest as (

    select
        *,
        row_number() over (
            partition by document_id, is_told_alike order by differing_bits, other_file_path
        ) as place
    from compared
    where
        not is_contradicted
        and ((is_told_alike and is_same_issuer) or differing_bits <= {{ var('alike_bits') }})

),

found as (

    select
        file_path,
        document_id,
        other_file_path,
        other_document_id,
        kind,
        differing_bits
    from same_bytes
    union all
    select
        file_path,
        document_id,
        other_file_path,
        other_document_id,
        case when is_told_alike then 'same_paper' else 'looks_alike' end as kind,
        cast(differing_bits as integer) as differing_bits
    from nearest
    where
        is_told_alike
        or place = 1

)

select
    {{ surrogate_key(['file_path', 'other_file_path', 'document_id']) }} as document_duplicate_id,
    document_id,
    other_document_id,
    kind,
    case when kind = 'same_bytes' then 'certain' else 'proposed' end as status,
    file_path,
    other_file_path,
    differing_bits
from found
