with alerts as (

    select * from {{ ref('stg_operations__alerts') }}

)

select
    message_id,
    destination,
    condition_key,
    kind,
    subject,
    event,
    told_at
from alerts
