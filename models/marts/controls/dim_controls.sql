with controls as (

    select * from {{ ref('controls') }}

)

select
    control_code,
    control_name,
    next_step,
    control_number
from controls
