"""Object storage, or any other file system that fsspec knows, as a target.

versions/<version>/ has the Parquet files that came with a version and its version.json, which names for every
mart the objects it consists of, older ones among them. `current.json`, put last, is the same for the current
version: whoever reads it first and then the objects it names reads one version.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec

from orchestration.publish.copies import FACTS
from orchestration.publish.errors import PublishTargetError
from orchestration.publish.marts import Mart
from orchestration.settings import SettingsError

POINTER = "current.json"


class ObjectTarget:
    """See Target. Credentials come from the storage library's own settings, never from the URL."""

    def __init__(self, url: str, keep: int) -> None:
        scheme, _, path = url.partition("://")
        if "@" in path or "?" in path:
            raise SettingsError(
                f"TIEOUT_PUBLISH_TO has a URL {scheme}:// with user, password or options: leave them out, and"
                " set the environment variables of the storage library, such as AWS_ACCESS_KEY_ID"
            )
        self.name = url
        self._keep = keep

    def bring_up(self, folder: Path) -> str:
        """See Target."""
        try:
            files, root = fsspec.url_to_fs(self.name)
            files.invalidate_cache()
            return _bring_up(files, root.rstrip("/"), folder, self._keep)
        # Every library has errors of its own.
        except Exception as error:
            hint = f" (pip install {error.name})" if isinstance(error, ModuleNotFoundError) else ""
            raise PublishTargetError(
                f"{self.name}: {error or type(error).__name__}{hint}. The next `tieout publish` tries again"
            ) from error


def _bring_up(files: fsspec.AbstractFileSystem, root: str, folder: Path, keep: int) -> str:
    pointer = f"{root}/{POINTER}"
    current = json.loads(files.cat_file(pointer)) if files.exists(pointer) else {"tables": []}
    if current.get("version") == folder.name:
        return f"has {folder.name} already"
    facts = json.loads((folder / FACTS).read_bytes())
    known = dict(_parts(current["tables"]))
    uploaded = total = 0
    for table in facts["tables"]:
        for part, file in zip(table["slices"], table["files"], strict=True):
            total += 1
            origin = known.get(_key(table, part))
            if origin is None:
                origin = f"versions/{folder.name}/{file['path']}"
                files.makedirs(f"{root}/{origin.rpartition('/')[0]}", exist_ok=True)
                files.put_file(str(folder / file["path"]), f"{root}/{origin}")
                uploaded += 1
            file["path"] = origin
    content = json.dumps(facts, indent=1).encode()
    _put(files, f"{root}/versions/{folder.name}/{FACTS}", content)
    _put(files, pointer, content)
    _remove_old(files, root, folder.name, keep)
    return f"{folder.name}, {uploaded:,} of {total:,} files uploaded"


def _parts(tables: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for table in tables:
        for part, file in zip(table["slices"], table["files"], strict=True):
            yield _key(table, part), file["path"]


def _key(table: dict[str, Any], part: str) -> str:
    """What identifies the content of a file: mart, columns, slice and fingerprint."""
    return json.dumps(
        [table["schema"], table["table"], Mart.from_json(table).shape, part, table["slices"][part]]
    )


def _put(files: fsspec.AbstractFileSystem, path: str, content: bytes) -> None:
    """Put an object in one step. A file system is not atomic in writing, but in moving."""
    if "file" in files.protocol:
        files.pipe_file(f"{path}.new", content)
        files.mv(f"{path}.new", path)
    else:
        files.pipe_file(path, content)


def _remove_old(files: fsspec.AbstractFileSystem, root: str, current: str, keep: int) -> None:
    """Remove the objects that neither the current nor one of the newest versions consists of."""
    found = {path.removeprefix(f"{root}/"): path for path in files.find(f"{root}/versions")}
    facts = sorted(path for path in found if path.count("/") == 2 and path.endswith(f"/{FACTS}"))
    kept = {*facts[-keep:], f"versions/{current}/{FACTS}"}
    for path in tuple(kept):
        kept.update(path for _, path in _parts(json.loads(files.cat_file(found[path]))["tables"]))
    for path in found.keys() - kept:
        files.rm_file(found[path])
