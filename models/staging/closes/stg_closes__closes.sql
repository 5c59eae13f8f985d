{{ config(materialized=read_outside()) }}

with closes as (

    select * from {{ source('lake', 'closes') }}

),

renamed as (

    select
        close_id,
        load_id,
        closed_by,
        reviewed_by,
        note,
        item_count,
        match_count,
        closed_on,
        cast(closed_at as timestamp) as closed_at
    from closes

)

select * from renamed
