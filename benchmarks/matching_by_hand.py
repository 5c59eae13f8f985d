"""The automatic passes as one writes them by hand: a chain of queries over what is still open.

No rules from a table, no explanations, no candidates, no closes. Runs on any engine that saves a query
    under a name.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

Save = Callable[[str, str], None]

ITEM_COLUMNS = """item_id, account_id, side, item_kind, currency, reference_key, memo_reference_key,
    folded_reference_key, counterparty_key, memo, business_day_number, amount"""
OF_RUN = "partition by account_id, currency, amount, match_key"


def one_to_one(bank_key: str, ledger_key: str, before: int, after: int, is_alone: bool) -> str:
    """The n-th bank item of a key and amount with the n-th ledger item of it; or the only ones."""
    alone = "and bank.key_count = 1 and ledger.key_count = 1" if is_alone else ""
    return f"""
        with keyed as (
            select *, case when side = 'bank' then {bank_key} else {ledger_key} end as match_key from
                open_items
        ),
        ranked as (
            select *,
                row_number() over ({OF_RUN}, side order by business_day_number, item_id) as place,
                count(*) over ({OF_RUN}, side) as key_count
            from keyed where match_key is not null
        )
        select bank.item_id as bank_id, ledger.item_id as ledger_id
        from ranked as bank inner join ranked as ledger
            on bank.account_id = ledger.account_id and bank.currency = ledger.currency
            and bank.amount = ledger.amount and bank.match_key = ledger.match_key and bank.place =
                ledger.place
        where bank.side = 'bank' and ledger.side = 'ledger' {alone}
            and bank.business_day_number - ledger.business_day_number between -{before} and {after}"""


def with_difference(key: str, before: int, after: int, absolute: int, relative: float) -> str:
    """The only two items of a key whose amounts differ within the tolerance."""
    return f"""
        with pairs as (
            select bank.item_id as bank_id, ledger.item_id as ledger_id,
                count(*) over (partition by bank.item_id) as bank_count,
                count(*) over (partition by ledger.item_id) as ledger_count
            from open_items as bank inner join open_items as ledger
                on bank.account_id = ledger.account_id and bank.currency = ledger.currency
                and bank.{key} = ledger.{key} and sign(bank.amount) = sign(ledger.amount)
            where bank.side = 'bank' and ledger.side = 'ledger' and bank.amount < ledger.amount
                and ledger.amount - bank.amount <= {absolute}
                and ledger.amount - bank.amount <= {relative} * abs(ledger.amount)
                and bank.business_day_number - ledger.business_day_number between -{before} and {after}
        )
        select bank_id, ledger_id from pairs where bank_count = 1 and ledger_count = 1"""


def group(bank_key: str, ledger_key: str) -> str:
    """All items of a key whose two sides have the same total."""
    return f"""
        with keyed as (
            select *, case when side = 'bank' then {bank_key} else {ledger_key} end as match_key from
                open_items
        ),
        level as (
            select account_id, currency, match_key, min(item_id) as first_id
            from keyed where match_key is not null
            group by account_id, currency, match_key
            having sum(case when side = 'bank' then amount else -amount end) = 0
                and count(distinct side) = 2
        )
        select keyed.item_id as bank_id, level.first_id as ledger_id
        from keyed inner join level
            on keyed.account_id = level.account_id and keyed.currency = level.currency
            and keyed.match_key = level.match_key"""


def neighbours(side: str, within: str, condition: str, days: int) -> str:
    """Two items of one side that stand next to one another and cancel out."""
    return f"""
        with ordered as (
            select *,
                lag(item_id) over of_amount as previous_id,
                lag(amount) over of_amount as previous_amount,
                lag(account_id) over of_amount as previous_account_id,
                lag(business_day_number) over of_amount as previous_day
            from open_items where side = '{side}'
            window of_amount as (partition by {within}, currency, abs(amount) order by
                business_day_number, item_id)
        )
        select previous_id as bank_id, item_id as ledger_id from ordered
        where previous_amount = -amount and business_day_number - previous_day <= {days} and {condition}"""


def subset_sum() -> str:
    """The only set of at most 16 near items that adds up to an item."""
    places = "\n".join(
        f", sum(case when place = {place} then amount else 0 end) as amount_{place}" for place in range(1, 17)
    )
    halves = [
        " + ".join(
            f"case when mod(cast(floor(number / {2**place}) as int), 2) = 1"
            f" then amount_{first + place} else 0 end"
            for place in range(8)
        )
        for first in (1, 9)
    ]
    return f"""
        with near as (
            select target.item_id as target_id, target.amount as target_amount, item.item_id, item.amount,
                row_number() over (partition by target.item_id order by item.item_id) as place,
                count(*) over (partition by target.item_id) as near_count
            from open_items as target inner join open_items as item
                on target.account_id = item.account_id and target.currency = item.currency
                and sign(target.amount) = sign(item.amount)
            where target.side = 'bank' and item.side = 'ledger' and abs(item.amount) < abs(target.amount)
                and target.business_day_number - item.business_day_number between -2 and 5
        ),
        targets as (
            select target_id, max(target_amount) as target_amount, max(near_count) as near_count {places}
            from near where near_count between 2 and 16 group by target_id
        ),
        first_half as (
            select target_id, number as first_number, target_amount - ({halves[0]}) as wanted
            from targets cross join numbers where number < power(2, least(near_count, 8))
        ),
        second_half as (
            select target_id, number as second_number, {halves[1]} as found
            from targets cross join numbers where number < power(2, greatest(near_count - 8, 0))
        ),
        sets as (
            select first_half.target_id, max(first_number) as first_number, max(second_number) as
                second_number
            from first_half inner join second_half
                on first_half.target_id = second_half.target_id and wanted = found
            group by first_half.target_id having count(*) = 1
        ),
        members as (
            select near.target_id, near.item_id, count(*) over (partition by near.item_id) as set_count
            from near inner join sets on near.target_id = sets.target_id
            where mod(cast(floor(
                case when place <= 8 then first_number else second_number end / power(2, mod(place - 1, 8))
            ) as int), 2) = 1
        )
        select target_id as bank_id, item_id as ledger_id from members
        where target_id not in (select target_id from members where set_count > 1)"""


DETAILS = """
    with totals as (
        select bank.item_id as bank_id, ledger.item_id as ledger_id, bank.amount,
            sum(ledger.amount) over (partition by bank.item_id) as total
        from bank_references inner join open_items as bank on bank_references.item_id = bank.item_id
        inner join open_items as ledger
            on bank.account_id = ledger.account_id and bank_references.reference_key = ledger.reference_key
        where ledger.side = 'ledger'
    )
    select bank_id, ledger_id from totals where amount = total"""
DAY_TOTAL = """
    with days as (
        select account_id, currency, business_day_number, sum(amount) as amount from open_items
        where side = 'ledger' and reference_key is null group by account_id, currency, business_day_number
        having count(*) > 1
    )
    select bank.item_id as bank_id, ledger.item_id as ledger_id
    from open_items as bank
    inner join days on bank.account_id = days.account_id and bank.amount = days.amount
    inner join open_items as ledger
        on days.account_id = ledger.account_id and days.business_day_number = ledger.business_day_number
    where bank.side = 'bank' and ledger.side = 'ledger' and ledger.reference_key is null
        and bank.business_day_number - days.business_day_number between -2 and 5"""
GROUP_KEY = "coalesce(reference_key, memo_reference_key)"

PASSES = {
    "reference": one_to_one("reference_key", "reference_key", 5, 90, False),
    "memo_reference": one_to_one("memo_reference_key", "reference_key", 5, 90, False),
    "folded_reference": one_to_one("folded_reference_key", "folded_reference_key", 5, 90, True),
    "details": DETAILS,
    "reference_group": group("reference_key", "reference_key"),
    "memo_group": group(GROUP_KEY, "memo_reference_key"),
    "bank_reversal": neighbours("bank", "account_id", "memo like '%Return%'", 10),
    "ledger_reversal": neighbours("ledger", "account_id", "memo like '%Return%'", 10),
    "own_transfer_bank": neighbours("bank", "side", "account_id <> previous_account_id", 5),
    "own_transfer_ledger": neighbours("ledger", "side", "account_id <> previous_account_id", 5),
    "reference_difference": with_difference("reference_key", 5, 90, 100, 0.05),
    "counterparty": one_to_one("counterparty_key", "counterparty_key", 2, 10, False),
    "amount": one_to_one("''", "''", 2, 5, True),
    "counterparty_difference": with_difference("counterparty_key", 2, 5, 100, 0.05),
    "day_total": DAY_TOTAL,
    "subset_sum": subset_sum(),
}


def match(save: Save, drop: Callable[[str], None]) -> None:
    """Run the passes over the tables items, bank_references and numbers (0 to 255)."""
    save("open_0", f"select {ITEM_COLUMNS} from items where business_day_number is not null")
    for number, (name, query) in zip(count(), PASSES.items(), strict=False):
        save(f"pairs_{name}", query.replace("open_items", f"open_{number}"))
        save(
            f"open_{number + 1}",
            f"""select * from open_{number} as items where not exists (
                select 1
                from (
                    select bank_id as item_id from pairs_{name} union all select ledger_id from pairs_{name}
                ) as claimed
                where claimed.item_id = items.item_id
            )""",
        )
        drop(f"open_{number}")
