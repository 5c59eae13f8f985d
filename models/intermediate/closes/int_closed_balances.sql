select balances.*
from {{ ref('stg_closes__balances') }} as balances
inner join {{ ref('int_closes_valid') }} as closes
    on balances.close_id = closes.close_id
