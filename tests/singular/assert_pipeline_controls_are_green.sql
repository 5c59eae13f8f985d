-- From the file to the matched or open item no record may be lost. These controls are red only by a defect of
-- the project; the others can be red because of what was delivered.
select
    control_code,
    business_date,
    scope,
    measure,
    expected,
    actual
from {{ ref('fct_control_totals') }}
where
    status = 'red'
    and control_code in (
        'file_to_lake',
        'lake_to_staging',
        'staging_to_items',
        'items_to_counted',
        'items_to_matches',
        'bank_reconciliation',
        'closed_balance'
    )
