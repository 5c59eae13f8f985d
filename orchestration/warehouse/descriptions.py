"""What describes a column whose model only lists it: the text of its name in models/columns.md."""

from __future__ import annotations

from typing import Any


def described(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest, in which each column without a description has the text of its name, if there is one."""
    texts = {block["name"]: block["block_contents"] for block in manifest["docs"].values()}
    for node in manifest["nodes"].values():
        for name, column in node["columns"].items():
            column["description"] = column["description"] or texts.get(name, "")
    return manifest
