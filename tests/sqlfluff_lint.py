"""sqlfluff that looks for garbage in its trees of syntax less often, which takes a third of its time.

`python tests/sqlfluff_lint.py ARGUMENT...`, as `sqlfluff ARGUMENT...`. Its processes run this module too.
"""

import gc

gc.set_threshold(200_000, 50, 50)

if __name__ == "__main__":
    from sqlfluff.cli.commands import cli

    cli(prog_name="sqlfluff")
