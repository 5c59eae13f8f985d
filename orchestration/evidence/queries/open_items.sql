-- What was open on either side at the end of the month, with its age then, and what became of it since.
with days as (

    select
        date_on,
        business_day_number
    from marts.dim_business_dates
    where calendar_code = getvariable('calendar_code')

)

select
    items.side,
    items.item_id,
    items.item_kind,
    items.item_on,
    items.counted_on,
    greatest(end_day.business_day_number - item_day.business_day_number, 0) as age,
    items.expected_by_on,
    items.amount <> 0 and coalesce(items.expected_by_on < getvariable('as_of'), false) as was_overdue,
    items.currency,
    items.amount,
    items.original_currency,
    items.original_amount,
    items.reference,
    items.counterparty,
    items.memo,
    items.status as status_now,
    items.cleared_on,
    items.match_id,
    items.rule_code,
    explanations.failed_condition,
    explanations.explanation,
    explanations.agreed,
    explanations.against,
    explanations.coincidences,
    items.file_hash,
    items.line_number
from account_items as items
left join marts.fct_match_explanations as explanations
    on items.item_id = explanations.item_id
left join days as item_day
    on items.item_on = item_day.date_on
left join days as end_day
    on end_day.date_on = getvariable('as_of')
where items.was_open
order by items.side, items.item_on, items.amount, items.item_id
