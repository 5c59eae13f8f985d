select
    ageing.age_bucket,
    min(items.age) as first_age
from marts.fct_ageing as ageing
left join marts.fct_reconciliation_items as items
    on ageing.age_bucket = items.age_bucket
group by ageing.age_bucket
order by first_age nulls last, ageing.age_bucket
