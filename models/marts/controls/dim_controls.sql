with controls as (

    select * from {{ ref('controls') }}

)

select
    control_code,
    control_name,
    area,
    blocks,
    told_as,
    next_step,
    control_number,
    is_standing,
    is_ours,
    has_currency
from controls
