"""What Dagster loads, in `tieout ui` and the night. What there is, is found in defs/."""

from __future__ import annotations

import warnings

import dagster as dg

from orchestration.defs.console import step_lines
from orchestration.defs.run_history import speed_up_run_history
from orchestration.places import guard_places
from orchestration.settings import PROJECT_DIR, Settings

# The version of Dagster is locked, so who owns a job is no surprise of a later one, and no reader's concern.
warnings.filterwarnings("ignore", message="Parameter `owners`", category=dg.BetaWarning)
guard_places(Settings.from_environment())
speed_up_run_history()
defs = dg.Definitions.merge(
    dg.load_from_defs_folder(path_within_project=PROJECT_DIR),
    dg.Definitions(
        loggers={"console": step_lines},
        # Every step that writes takes the same pool, so a process for each would only cost its start.
        executor=dg.in_process_executor,
        # Steps hand one another nothing. Dagster's own would unpickle files of a folder that a run can name.
        resources={"io_manager": dg.mem_io_manager},
    ),
)
