"""The rooms of orchestration/: who may import whom, told as a short list from the floor to the roof."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

from orchestration.settings import PROJECT_DIR

# A room imports from the floors below its own, never from its own floor or from above.
FLOORS = [
    ["errors"],
    ["contained", "outside", "settings"],
    ["places"],
    ["calendars", "lake", "serve", "training"],
    ["collect"],
    ["demo", "warehouse"],
    ["close", "monitor", "report"],
    ["desk", "evidence", "payroll", "publish"],
    ["verify"],
    ["defs"],
    ["definitions"],
    ["cli"],
]
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
ROOT = PROJECT_DIR / "orchestration"
# Only these know Dagster.
DAGSTER = {"defs", "definitions", "cli"}


def _imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, inside functions and for types alone too."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _modules() -> Iterator[tuple[str, Path, list[str]]]:
    """Dotted name below orchestration, file, and what it imports."""
    for file in sorted(ROOT.rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), file, list(_imports(file))


def test_a_room_imports_from_below_only() -> None:
    upward = [
        f"{name} imports {imported}"
        for name, _, imports in _modules()
        for imported in imports
        if name and imported.startswith("orchestration.")
        for here, there in [(name.split(".")[0], imported.split(".")[1])]
        if here != there and FLOOR[there] >= FLOOR[here]
    ]
    assert upward == []


def test_every_room_has_a_floor() -> None:
    names = {name.split(".")[0] for name, _, _ in _modules() if name}
    assert names == set(FLOOR)


def test_modules_import_each_other_in_one_direction() -> None:
    """Also within a room. What is imported inside a function or for its type counts."""
    modules = {name: imports for name, _, imports in _modules()}
    edges = {
        name: {
            target
            for imported in imports
            for target in [_module_of(imported.removeprefix("orchestration."), modules)]
            if target and target != name and not name.startswith(f"{target}.")
        }
        for name, imports in modules.items()
    }
    while leaves := [name for name, targets in edges.items() if not targets & edges.keys()]:
        for name in leaves:
            del edges[name]
    assert sorted(edges) == []


def _module_of(imported: str, modules: dict[str, list[str]]) -> str | None:
    """The module that an import of a module, or of a name in one, reads."""
    return next((name for name in (imported, imported.rpartition(".")[0]) if name and name in modules), None)


def test_only_the_rooms_on_top_know_dagster() -> None:
    knowing = {
        name.split(".")[0]
        for name, _, imports in _modules()
        if any(imported.partition(".")[0].startswith("dagster") for imported in imports)
    }
    assert knowing == DAGSTER


def test_dlt_is_for_the_api_alone() -> None:
    """Its start costs more than a night's collect of files."""
    knowing = [name for name, _, imports in _modules() if any(i.startswith("dlt") for i in imports)]
    assert knowing == ["collect.hr_api"]


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [str(file) for _, file, _ in _modules() if not ast.get_docstring(ast.parse(file.read_text()))]
    assert silent == []


def test_every_error_of_ours_is_one_of_tieout() -> None:
    """So that the command line has one place where errors become messages. Private ones never get out."""
    strangers = [
        f"{name}.{node.name}"
        for name, file, _ in _modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and node.name[0] != "_" and node.name != "TieoutError"
        for bases in [{ast.unparse(base) for base in node.bases}]
        if "TieoutError" not in bases
        if any(issubclass(getattr(builtins, base), BaseException) for base in bases & vars(builtins).keys())
    ]
    assert strangers == []
