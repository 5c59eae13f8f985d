select balances.*
from {{ ref('stg_closes__balances') }} as balances
inner join {{ ref('int_closes_valid') }} as closes
    on balances.close_id = closes.close_id
{%- if var('business_date') is not none %}
where balances.as_of_on <= {{ business_date() }}
{%- endif %}
