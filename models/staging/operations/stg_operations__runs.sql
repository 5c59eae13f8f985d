with runs as (

    select * from {{ source('lake', 'dbt_runs') }}

),

numbered as (

    select
        *,
        row_number() over (partition by invocation_id order by load_id asc) as recency
    from runs

),

renamed as (

    select
        invocation_id,
        load_id,
        command,
        target_name,
        selection,
        status,
        cast(seconds as decimal(18, 3)) as seconds,
        node_count,
        failed_count,
        warned_count,
        skipped_count,
        business_date,
        cast(started_at as timestamp) as started_at,
        cast(finished_at as timestamp) as finished_at
    from numbered
    where recency = 1

)

select * from renamed
