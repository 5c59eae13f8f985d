-- One round: items that no earlier round has paired, with one key on both sides, in the order of what they say.
insert into pairs
with open_keys as (

    select
        item_keys.item_key,
        item_keys.is_new,
        item_keys.item_number,
        row_number() over (
            partition by item_keys.is_new, item_keys.item_key
            order by items.value_on, items.counterparty_key, items.memo, item_keys.item_number
        ) as place
    from item_keys
    inner join items
        on item_keys.item_number = items.item_number
    where
        item_keys.round_number = getvariable('round_number')
        and not exists (
            from pairs
            where item_keys.item_number in (pairs.old_number, pairs.new_number)
        )

),

found as (

    select
        old_keys.item_number as old_number,
        new_keys.item_number as new_number
    from open_keys as old_keys
    inner join open_keys as new_keys
        on
            old_keys.item_key = new_keys.item_key
            and old_keys.place = new_keys.place
    where
        not old_keys.is_new
        and new_keys.is_new

),

-- An item that two of its references lead to two others takes the first.
first_of_old as (

    select * from found
    qualify row_number() over (partition by old_number order by new_number) = 1

)

select
    old_number,
    new_number
from first_of_old
qualify row_number() over (partition by new_number order by old_number) = 1;
