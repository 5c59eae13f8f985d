with alerts as (

    select * from {{ source('lake', 'alerts') }}

),

renamed as (

    select
        message_id,
        destination,
        condition_key,
        kind,
        subject,
        event,
        cast(told_at as timestamp) as told_at
    from alerts

)

select * from renamed
