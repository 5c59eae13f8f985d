select * from {{ ref('int_items_matched_by_reference') }}
union all
select * from {{ ref('int_items_matched_by_memo_reference') }}
union all
select * from {{ ref('int_items_matched_by_reference_group') }}
union all
select * from {{ ref('int_items_matched_by_amount') }}
