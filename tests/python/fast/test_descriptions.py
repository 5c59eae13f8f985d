"""A column is described once: by its name's block in models/columns.md, or by the one model that has it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from orchestration.defs.project import prepared_manifest
from orchestration.warehouse.descriptions import described

# Names that mean something else in each model, which therefore describes them itself.
OWN_MEANINGS = {
    "difference",
    "explanation",
    "is_latest",
    "is_standing",
    "kind",
    "last_status",
    "likeness",
    "next_step",
    "other_item_id",
    "payment_count",
    "place",
    "reason",
    "status",
    "subject",
    "word",
}

Node = dict[str, Any]


@cache
def manifest() -> Node:
    return json.loads(prepared_manifest().read_text(encoding="utf-8"))


def models() -> Iterator[Node]:
    return (node for node in manifest()["nodes"].values() if node["resource_type"] == "model")


def columns() -> Iterator[tuple[str, str, str, str | None]]:
    """Model, column, its own text or nothing, and the block that the text comes from."""
    for model in models():
        for name, column in model["columns"].items():
            block = next((block.rpartition(".")[2] for block in column["doc_blocks"]), None)
            yield model["name"], name, column["description"], block


def blocks() -> set[str]:
    return {block["name"] for block in manifest()["docs"].values() if block["package_name"] == "tieout"}


def test_a_model_begins_with_its_grain() -> None:
    grains = {model["name"]: model["description"].strip() for model in models()}
    assert not [name for name, grain in grains.items() if not grain.startswith(("One row per ", "One row: "))]


def test_every_column_has_a_text() -> None:
    silent = [
        (node["name"], name)
        for node in described(json.loads(json.dumps(manifest())))["nodes"].values()
        for name, column in node["columns"].items()
        if not column["description"]
    ]
    assert silent == []


def test_a_mart_says_what_its_columns_are() -> None:
    """dbt writes what a mart says, and nothing else, into the warehouse and its published copy."""
    silent = [
        (model, name) for model, name, text, _ in columns() if model.startswith(("fct_", "dim_")) and not text
    ]
    assert silent == []


def test_a_name_has_one_text() -> None:
    texts = defaultdict(list)
    for model, name, text, block in columns():
        if block is None and text:
            texts[name].append((model, text))
        assert block is None or block == name or block.startswith(f"{name}_"), (model, name)
    standing = Counter(name for _, name, _, _ in columns())
    several = {name for name in texts if standing[name] > 1}
    assert several <= OWN_MEANINGS, {name: texts[name] for name in several - OWN_MEANINGS}
    assert not OWN_MEANINGS & blocks()
    for name, own in texts.items():
        assert len({text for _, text in own}) == len(own), name


def test_a_block_says_what_several_models_have() -> None:
    listed = Counter(name for _, name, _, _ in columns())
    named = {block for _, _, _, block in columns() if block}
    for block in blocks() - {"__overview__"}:
        assert listed[block] > 1 or (block in named and not listed[block]), block
