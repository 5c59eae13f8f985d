-- An amount is nothing without its currency; only the total of a file may be of several.
select
    control_code,
    scope,
    measure
from {{ ref('fct_control_totals') }}
where
    measure in ('amount', 'balance per books')
    and control_code <> 'file_to_lake'
    and currency is null
