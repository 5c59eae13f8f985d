"""What a warehouse says of its items, each as a question that looks for an item of which it is not true.

A claim is a query over the marts for the items it is false of, by texts, dates and amounts alone and by
nothing that the matching has worked out of them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

# Open items of both sides with what is said of them. near: calendar days that nobody calls far.
SAID = """
with said as (
    select items.*, told.failed_condition, told.explanation, told.nearest_item_id, told.runner_up_item_id
    from marts.fct_reconciliation_items as items
    inner join marts.fct_match_explanations as told using (item_id)
),
open_items as (select * from said where match_id is null and amount <> 0),
others as (
    select
        one.item_id,
        other.item_id as other_id,
        one.amount = other.amount as has_amount,
        upper(one.reference) = upper(other.reference) as has_reference,
        upper(one.counterparty) = upper(other.counterparty) as has_name,
        abs(one.item_on - other.item_on) <= 14 as is_near
    from open_items as one
    inner join open_items as other
        on one.account_id = other.account_id
        and one.currency = other.currency
        and one.side <> other.side
        and (one.amount = other.amount or upper(one.reference) = upper(other.reference))
)
"""
CLAIMS = {
    "no open item with this reference, none near it with this amount": """
        select item_id from open_items
        inner join others using (item_id)
        where failed_condition = 'not_booked' and (has_reference or (has_amount and is_near))
    """,
    "no statement shows it": """
        select item_id from open_items
        inner join others using (item_id)
        where failed_condition in ('in_transit', 'overdue')
            and has_amount and is_near and (has_reference or has_name)
    """,
    "a charge or interest that the books have not booked": """
        select item_id from open_items
        inner join others using (item_id)
        where failed_condition in ('bank_charge', 'bank_interest') and has_amount and is_near
    """,
    "the nearest item is matched": """
        select one.item_id from open_items as one
        left join said as other on one.nearest_item_id = other.item_id
        where one.failed_condition = 'candidate_matched' and other.match_id is null
    """,
    "the nearest item is open": """
        select one.item_id from open_items as one
        left join said as other on one.nearest_item_id = other.item_id
        where one.failed_condition in ('contradiction', 'chance', 'ambiguous', 'window', 'in_doubt', 'amount')
            and (other.item_id is null or other.match_id is not null or other.side = one.side)
    """,
    "two items agree equally well": """
        select one.item_id from open_items as one
        left join open_items as other on one.runner_up_item_id = other.item_id
        where one.failed_condition = 'ambiguous' and (other.item_id is null or other.side = one.side)
    """,
    "the nearest item has another amount": """
        select one.item_id from open_items as one
        inner join said as other on one.nearest_item_id = other.item_id
        where (one.failed_condition = 'amount') = (one.amount = other.amount)
            and one.failed_condition in ('amount', 'contradiction', 'chance', 'window', 'in_doubt')
            and not (one.failed_condition = 'contradiction' and upper(one.reference) = upper(other.reference))
    """,
    "it repeats an item that is matched": """
        select one.item_id from open_items as one
        where one.failed_condition = 'duplicate' and not exists (
            select 1 from said as other
            where other.match_id is not null and other.side = one.side and other.amount = one.amount
                and other.account_id = one.account_id and one.explanation like '%' || other.item_id || '%'
        )
    """,
    "the other leg of the transfer is open, on another account": """
        select one.item_id from open_items as one
        where one.failed_condition = 'own_transfer' and not exists (
            select 1 from open_items as other
            where other.side = one.side and other.amount = -one.amount and other.account_id <> one.account_id
        )
    """,
    "the other side has neither leg of the transfer": """
        select item_id from open_items
        inner join others using (item_id)
        where failed_condition = 'own_transfer' and has_amount and is_near
    """,
    "a match has so many items of the bank and of the books, and differs by so much": """
        select max(item_id) from said
        where match_id is not null
        group by match_id
        having max(explanation) not like '%: ' || count(*) filter (where side = 'bank') || ' of the bank, '
            || count(*) filter (where side = 'ledger') || ' of the books%'
    """,
    "a proposed entry is of an open item, once, and of all it lacks": """
        select entries.item_id from marts.fct_proposed_journal_entries as entries
        left join marts.fct_reconciliation_items as items using (item_id)
        group by entries.item_id
        having count(*) <> 2 or sum(entries.amount) <> 0 or max(entries.debit) <> abs(max(items.amount))
            or max(items.match_id) is not null
    """,
    "what is proposed as a charge, interest or transfer, the books have nowhere near": """
        select entries.item_id from marts.fct_proposed_journal_entries as entries
        inner join others using (item_id)
        where entries.purpose in ('bank_charge', 'bank_interest') and has_amount and is_near
    """,
}


def untrue(warehouse: Path) -> dict[str, list[str]]:
    """The items of which a claim is false, by the claim."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        found = {
            claim: [item_id for (item_id,) in connection.execute(f"{SAID} {query}").fetchall()]
            for claim, query in CLAIMS.items()
        }
    return {claim: items for claim, items in found.items() if items}
