"""Writes docs/areas.md: a picture of each area, by what others may read of it, from dbt's manifest.

PYTHONPATH=. python tests/python/area_pictures.py > docs/areas.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from orchestration.defs.project import manifest

_HEAD = """# The areas

Each area of the warehouse as a picture: what others may read of it, and what that is made of. A round
box is another area or the lake, a square one a model that other areas may read, a bold one a mart. Steps that
are the area's own are left out, and a line where others lead the same way. Written from the models, as
`tests/python/area_pictures.py` says; a test compares. `make docs` has every step and column."""
_LAKE = "lake"


def page(project: Mapping[str, Any]) -> str:
    """The page: the areas in one picture, then each in its own, with what it is."""
    models = {
        unique_id: node for unique_id, node in project["nodes"].items() if node["resource_type"] == "model"
    }
    area_of = {unique_id: node["config"]["group"] for unique_id, node in models.items()}
    area_of |= dict.fromkeys(project["sources"], _LAKE)
    groups = {group["name"]: group for group in project["groups"].values()}
    between = sorted(
        {
            (area_of[read], area)
            for unique_id, area in area_of.items()
            for read in models.get(unique_id, {}).get("depends_on", {}).get("nodes", [])
            if area_of.get(read, area) not in (area, _LAKE)
        }
    )
    parts = [_HEAD, _picture([f"{reader}({reader})" for reader in sorted(groups)], between)]
    for name, group in sorted(groups.items()):
        parts += [f"## {name}", group["description"], _of_area(name, models, area_of)]
    return "\n\n".join(parts) + "\n"


def _of_area(area: str, models: Mapping[str, Any], area_of: Mapping[str, str]) -> str:
    shown = sorted(
        (node["name"], unique_id)
        for unique_id, node in models.items()
        if area_of[unique_id] == area and node["config"]["access"] != "private"
    )
    names = {unique_id: name for name, unique_id in shown}
    edges = {
        (_box(read, area, area_of, names), name)
        for name, unique_id in shown
        for read in _nearest(unique_id, models, area_of, names)
    }
    others = sorted({source for source, _ in edges} - set(names.values()))
    boxes = [f"{other}({other.removeprefix('area_')})" for other in others]
    boxes += [
        f"{name}[{f'<b>{name}</b>' if name.startswith(('fct_', 'dim_')) else name}]" for name, _ in shown
    ]
    return _picture(boxes, sorted(edges))


def _nearest(
    unique_id: str, models: Mapping[str, Any], area_of: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[str]:
    """What a model reads, through models that are the area's own."""
    seen: set[str] = set()
    waiting = [unique_id]
    while waiting:
        for read in models[waiting.pop()]["depends_on"]["nodes"]:
            if read in seen or read not in area_of:  # a seed
                continue
            seen.add(read)
            if read in names or area_of[read] != area_of[unique_id]:
                yield read
            else:
                waiting.append(read)


def _box(read: str, area: str, area_of: Mapping[str, str], names: Mapping[str, str]) -> str:
    return names[read] if area_of[read] == area else f"area_{area_of[read]}"


def _needed(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges of a graph without circles that no longer way stands for."""
    after: dict[str, set[str]] = {}
    for source, target in edges:
        after.setdefault(source, set()).add(target)

    @cache
    def reached(box: str) -> frozenset[str]:
        return frozenset(after.get(box, ())).union(*map(reached, after.get(box, ())))

    return [
        (source, target)
        for source, target in edges
        if not any(target in reached(other) for other in after[source] - {target})
    ]


def _picture(boxes: list[str], edges: list[tuple[str, str]]) -> str:
    lines = [f"    {box}" for box in boxes]
    lines += [f"    {source} --> {target}" for source, target in _needed(edges)]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


if __name__ == "__main__":
    print(page(manifest()), end="")
