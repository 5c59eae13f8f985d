"""The payments folder against the lake, which holds the bytes of every payment file."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.lake.proof import Finding
from orchestration.lake.read import lake_rows
from orchestration.settings import Settings


def altered_payments(settings: Settings) -> Iterator[Finding]:
    """Files of the folder that are not as they were written. One that went to the bank may be gone."""
    if not settings.payments.is_dir():
        return
    written = {
        row["file_name"]: row["content"]
        for row in lake_rows(settings.lake, "payment_files", ["file_name", "content"])
    }
    for file in sorted(settings.payments.iterdir()):
        if not file.is_file() or file.name.startswith("."):
            continue
        if file.name not in written:
            yield Finding(f"payments/{file.name}", "was added: no payment file of the lake has this name")
        elif file.read_bytes() != written[file.name].encode():
            yield Finding(
                f"payments/{file.name}",
                "was edited: `tieout pay PERIOD --again` puts back what was written",
            )
