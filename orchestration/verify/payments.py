"""The payments folder against the lake, which holds the bytes of every payment file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from orchestration.lake.proof import Finding, Proof
from orchestration.settings import Settings
from orchestration.verify.appended import is_file, rows_as_appended


def altered_payments(settings: Settings, proof: Proof) -> Iterator[Finding]:
    """Files of the folder that are not as they were written. One that went to the bank may be gone."""
    if not settings.payments.is_dir():
        return
    written = {
        row["file_name"]: row["content"]
        for row in rows_as_appended(settings.lake, proof, "payment_files", ["file_name", "content"])
    }
    for file in sorted(settings.payments.iterdir()):
        if file.name.startswith("."):
            continue
        if file.name not in written:
            yield Finding(f"payments/{file.name}", "was added: no payment file of the lake has this name")
        elif not is_file(file):
            yield Finding(f"payments/{file.name}", "is no file, but a link or a folder")
        elif not _holds(file, written[file.name].encode()):
            yield Finding(
                f"payments/{file.name}",
                "was edited: `tieout pay PERIOD --again` puts back what was written",
            )


def _holds(file: Path, content: bytes) -> bool:
    """Whether a file has these bytes. One of another size, however large, is not read."""
    return file.stat().st_size == len(content) and file.read_bytes() == content
