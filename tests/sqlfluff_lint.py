"""sqlfluff for a tree that is only read: less often searched for garbage, and cut for its layout once.

`python tests/sqlfluff_lint.py lint ARGUMENT...`, as `sqlfluff lint ARGUMENT...`; not `fix`, which changes the
tree that this keeps. Its processes run this module too. It collects nothing, and opens a warehouse of its
own, with what dbt has parsed for it: nobody waits for it, and no build after it parses anew.
"""

import gc
import os

from sqlfluff.core import FluffConfig
from sqlfluff.core.parser import BaseSegment
from sqlfluff.utils.reflow.sequence import ReflowSequence

gc.set_threshold(200_000, 50, 50)
os.environ |= {
    "TIEOUT_COLLECT": "off",
    "TIEOUT_WAREHOUSE": "target/lint/tieout.duckdb",
    "DBT_TARGET_PATH": "target/lint",
}

_cut = ReflowSequence.from_root
_last: tuple[BaseSegment, ReflowSequence] | None = None


def _cut_once(root_segment: BaseSegment, config: FluffConfig) -> ReflowSequence:
    """Of one file, which four rules of layout each cut anew."""
    global _last
    if _last is None or _last[0] is not root_segment:
        _last = root_segment, _cut(root_segment, config)
    return _last[1]


ReflowSequence.from_root = staticmethod(_cut_once)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli(prog_name="sqlfluff")
