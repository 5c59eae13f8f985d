{# Open items whose partner stands where no pass looks: on another account, or with the other sign. Both name one
   reference and have one amount. #}
with open_items as (

    select
        items.item_id,
        items.account_id,
        items.side,
        items.currency,
        items.amount,
        items.item_on
    from {{ ref('int_items_cleared') }} as items
    where
        items.match_id is null
        and items.amount <> 0

),

item_references as (

    select distinct
        open_items.item_id,
        open_items.account_id,
        open_items.side,
        open_items.currency,
        abs(open_items.amount) as absolute_amount,
        open_items.amount,
        open_items.item_on,
        item_references.number
    from open_items
    inner join {{ ref('int_item_references') }} as item_references
        on open_items.item_id = item_references.item_id

),

found as (

    select
        items.item_id,
        case when items.account_id = partners.account_id then 'other_sign' else 'other_account' end as place,
        partners.item_id as other_item_id,
        partners.account_id as other_account_id,
        partners.item_on as other_on,
        row_number() over (
            partition by items.item_id
            order by
                case when items.account_id = partners.account_id then 1 else 0 end,
                abs({{ days_between('items.item_on', 'partners.item_on') }}),
                partners.item_id
        ) as precedence
    from item_references as items
    inner join item_references as partners
        on
            items.currency = partners.currency
            and items.absolute_amount = partners.absolute_amount
            and items.number = partners.number
            and items.side <> partners.side
            and case
                when items.account_id = partners.account_id then items.amount = -partners.amount
                else items.amount = partners.amount
            end

)

select
    item_id,
    place,
    other_item_id,
    other_account_id,
    other_on
from found
where precedence = 1
