-- What differs, a row for each item and field, in the order of the days. weight: "differs" where the formats contradict
-- each other, "lost" where the old one alone says it, "gained" where the new one alone does, "cut" where one begins as the
-- other does and is as long as fields of these formats are.
with paired as (

    select
        pairs.old_number,
        pairs.new_number
    from pairs
    union all
    select
        case when not is_new then item_number end as old_number,
        case when is_new then item_number end as new_number
    from items
    where not exists (
        from pairs
        where items.item_number in (pairs.old_number, pairs.new_number)
    )

),

compared as (

    select
        old_items as o,
        new_items as n,
        coalesce(old_items.booked_on, new_items.booked_on) as booked_on,
        coalesce(old_items.amount, new_items.amount) as amount,
        coalesce(old_items.item_number, new_items.item_number) as item_number
    from paired
    left join items as old_items
        on paired.old_number = old_items.item_number
    left join items as new_items
        on paired.new_number = new_items.item_number
    where
        old_items.booked_on >= getvariable('from_on') and old_items.booked_on < getvariable('to_on')
        or new_items.booked_on >= getvariable('from_on') and new_items.booked_on < getvariable('to_on')

),

both_sides as (

    select * from compared
    where
        o.item_number is not null
        and n.item_number is not null

),

-- A reference that the new format has in its text, or longer, is not lost.
references_compared as (

    select
        *,
        list_filter(
            o.all_references,
            word -> not list_contains(n.all_references, word) and not list_contains(n.memo_words, word)
            and not list_bool_or(list_append(
                list_transform(n.all_references, longer -> length(word) >= 16 and starts_with(longer, word)), false
            ))
        ) as lost_references,
        list_filter(
            n.all_references,
            word -> not list_contains(o.all_references, word) and not list_contains(o.memo_words, word)
            and not list_bool_or(list_append(
                list_transform(o.all_references, shorter -> length(shorter) >= 16 and starts_with(word, shorter)), false
            ))
        ) as gained_references
    from both_sides

),

fields as (

    select booked_on, amount, item_number, 1 as field_number, 'item' as field,
        case when o.item_number is not null then shown_amount(o.amount) end as old_value,
        case when n.item_number is not null then shown_amount(n.amount) end as new_value,
        case when n.item_number is null then 'lost' else 'gained item' end as weight
    from compared
    where
        o.item_number is null
        or n.item_number is null
    union all
    select booked_on, amount, item_number, 2, case when o.amount = -n.amount then 'sign' else 'amount' end,
        shown_amount(o.amount), shown_amount(n.amount), 'differs'
    from both_sides
    where o.amount <> n.amount
    union all
    select booked_on, amount, item_number, 3, 'booking date', cast(o.booked_on as varchar), cast(n.booked_on as varchar),
        'differs'
    from both_sides
    where o.booked_on <> n.booked_on
    union all
    select booked_on, amount, item_number, 4, 'value date', cast(o.value_on as varchar), cast(n.value_on as varchar),
        case when n.value_on is null then 'lost' when o.value_on is null then 'gained' else 'differs' end
    from both_sides
    where o.value_on is distinct from n.value_on
    union all
    select booked_on, amount, item_number, 5, 'references',
        nullif(array_to_string(list_filter(
            o.references_said, word -> list_contains(lost_references, reference_key(word))
        ), ' '), ''),
        nullif(array_to_string(list_filter(
            n.references_said, word -> list_contains(gained_references, reference_key(word))
        ), ' '), ''),
        case
            when lost_references = [] then 'gained'
            when gained_references = [] then 'lost'
            else 'differs'
        end
    from references_compared
    where lost_references <> [] or gained_references <> []
    union all
    select booked_on, amount, item_number, 6, 'bank reference', o.bank_reference, n.bank_reference,
        case
            when n.bank_reference is null then 'lost'
            when o.bank_reference is null then 'gained'
            when length(o.bank_reference) >= 16 and starts_with(n.bank_reference, o.bank_reference) then 'cut'
            else 'differs'
        end
    from both_sides
    where o.bank_reference is distinct from n.bank_reference
    union all
    select booked_on, amount, item_number, 7, 'counterparty', o.counterparty, n.counterparty,
        case
            when n.counterparty_key is null then 'lost'
            when o.counterparty_key is null then 'gained'
            when
                least(length(o.counterparty_key), length(n.counterparty_key)) >= 16
                and (
                    starts_with(n.counterparty_key, o.counterparty_key)
                    or starts_with(o.counterparty_key, n.counterparty_key)
                )
                then 'cut'
            else 'differs'
        end
    from both_sides
    where o.counterparty_key is distinct from n.counterparty_key
    union all
    select booked_on, amount, item_number, 8, 'account of the counterparty', o.counterparty_account,
        n.counterparty_account,
        case
            when n.counterparty_account is null then 'lost'
            when o.counterparty_account is null then 'gained'
            else 'differs'
        end
    from both_sides
    where o.counterparty_account is distinct from n.counterparty_account

)

select
    booked_on,
    shown_amount(amount) as amount,
    field,
    old_value,
    new_value,
    weight
from fields
order by booked_on, item_number, field_number;
