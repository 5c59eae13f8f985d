"""Run dbt in a process of its own and measure it.

`python benchmarks/dbt_cost.py REPORT ARGUMENT...` is that process.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time


def cost_of_dbt(report: Path, arguments: list[str], environment: dict[str, str]) -> dict:
    """Run dbt and return what it cost, which also stands in report.

    command: seconds from its start to its end; run: seconds of the run alone; processor: processor seconds;
    peak: memory in MB; models: seconds of each node by name.
    """
    command = [sys.executable, __file__, str(report), *map(str, arguments)]
    subprocess.run(command, cwd=Path(__file__).parents[1], env=environment, check=True)
    return json.loads(report.read_text())


def main() -> None:
    from dbt.cli.main import dbtRunner

    report, *arguments = sys.argv[1:]
    began, processor_began = perf_counter(), process_time()
    outcome = dbtRunner().invoke([*arguments, "--log-level", "none", "--log-level-file", "none"])
    if not outcome.success:
        raise SystemExit(str(outcome.exception or [result.message for result in outcome.result.results]))
    cost = {
        "command": perf_counter() - began,
        "run": outcome.result.elapsed_time,
        "processor": process_time() - processor_began,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "models": {result.node.name: result.execution_time for result in outcome.result.results},
    }
    Path(report).write_text(json.dumps(cost))


if __name__ == "__main__":
    main()
