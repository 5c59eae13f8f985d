{#- A pass that matches many items with one, or many with many: the items of one key, from one day on which bank and
    books are level to the first later day on which they are level again. The keys are the references that the items'
    texts name; of several groups that share an item the one that was complete first counts, of those of one day the
    largest. Where the number is a merchant's or a contract's, one group may be several: an item of the bank's with what
    the books have of one day, where no other day of the group and no other item of the bank's comes to the same.

    Arguments as in keyed_items. Result: one row per claimed item, the columns of claims. -#}
{% macro match_group(pass_code) -%}
with {{ keyed_items(pass_code, with_references=true, least_items=3) }},

items_with_balance as (

    select
        *,
        sum(case when side = 'bank' then amount else -amount end) over (
            partition by account_id, currency, match_key, run_number
            order by business_day_number
            range between unbounded preceding and current row
        ) as balance_after_day,
        lead(business_day_number) over (
            partition by account_id, currency, match_key, run_number
            order by business_day_number, item_id
        ) as next_day
    from keyed_items

),

items_with_segment as (

    select
        *,
        coalesce(
            sum(
                case when balance_after_day = 0 and coalesce(next_day > business_day_number, true) then 1 else 0 end
            ) over (
                partition by account_id, currency, match_key, run_number
                order by business_day_number, item_id
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as segment_number
    from items_with_balance

),

items_with_parts as (

    select
        *,
        case
            when side = 'bank' then amount
            else sum(amount) over (
                partition by account_id, currency, match_key, run_number, segment_number, side, business_day_number
            )
        end as part_amount
    from items_with_segment

),

items_with_part_counts as (

    select
        *,
        sum(case when side = 'bank' then 1 else 0 end) over of_part as bank_items_of_part,
        sum(case when side = 'ledger' then 1 else 0 end) over of_part as ledger_items_of_part,
        min(case when side = 'ledger' then business_day_number end) over of_part
        = max(case when side = 'ledger' then business_day_number end) over of_part as is_of_one_day
    from items_with_parts
    window of_part as (partition by account_id, currency, match_key, run_number, segment_number, part_amount)

),

items_in_parts as (

    select
        *,
        case when bank_items_of_part = 1 and ledger_items_of_part > 1 and is_of_one_day then part_amount end as part
    from items_with_part_counts

),

items_with_totals as (

    select
        *,
        sum(case when side = 'bank' then amount else -amount end) over of_segment as difference,
        sum(case when side = 'bank' then 1 else 0 end) over of_segment as bank_item_count,
        sum(case when side = 'ledger' then 1 else 0 end) over of_segment as ledger_item_count,
        {%- for end in ['min', 'max'] %}
        {{ end }}(case when side = 'bank' then amount end) over of_segment
        = {{ end }}(case when side = 'ledger' then amount end) over of_segment as has_one_{{ end }},
        {%- endfor %}
        min(item_id) over of_segment as first_item_id,
        max(business_day_number) over of_segment as completed_day,
        max(counted_on) over of_segment as completed_on
    from items_in_parts
    window of_segment as (partition by account_id, currency, match_key, run_number, segment_number, part)

),

level_groups as (

    select
        *,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'match_key', 'first_item_id']) }} as match_id
    from items_with_totals
    where
        difference = 0
        and bank_item_count > 0
        and ledger_item_count > 0
        and bank_item_count + ledger_item_count > 2
        {#- As many items of the same amounts are pairs, of which it is not known which. #}
        and not (bank_item_count = ledger_item_count and has_one_min and has_one_max)

),

ranked as (

    select
        *,
        row_number() over (
            partition by item_id
            order by completed_day, bank_item_count + ledger_item_count desc, match_id
        ) as place
    from level_groups

),

placed as (

    select
        *,
        max(place) over (partition by match_id) as last_place
    from ranked

),

members as (

    select
        *,
        rule_posting as posting
    from placed
    where last_place = 1

)

{{ claims('members') }}
{%- endmacro %}
