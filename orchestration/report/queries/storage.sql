with latest as (

    select *
    from operations.fct_storage
    qualify started_at = max(started_at) over ()

)

select
    location,
    sum(file_count) as file_count,
    sum(byte_count) as byte_count,
    sum(growth_bytes) as growth_bytes
from latest
group by location
order by location
