select distinct date_on
from {{ ref('dim_business_dates') }}
