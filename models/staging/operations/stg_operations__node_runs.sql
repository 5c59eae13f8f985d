with node_runs as (

    select node_runs.*
    from {{ source('lake', 'dbt_node_runs') }} as node_runs
    inner join {{ ref('stg_operations__runs') }} as runs
        on
            node_runs.invocation_id = runs.invocation_id
            and node_runs.load_id = runs.load_id

),

renamed as (

    select
        invocation_id,
        unique_id as node_id,
        resource_type,
        node_name,
        schema_name,
        status,
        message,
        cast(seconds as decimal(18, 3)) as seconds,
        row_count,
        failure_count
    from node_runs

)

select * from renamed
