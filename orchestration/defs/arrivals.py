"""Event-driven collection: a sensor that takes what has arrived, folder by folder, once no more arrives."""

import datetime
import json

import dagster as dg

from orchestration.calendars.business_dates import is_within
from orchestration.collect.arrivals import Arrivals, listings, settled
from orchestration.collect.landing import scan
from orchestration.defs.collect import DATASETS_OF, collected
from orchestration.defs.project import lake_asset_key, owners_of
from orchestration.settings import Settings, Timetable

collect_job = dg.define_asset_job(
    "collect",
    selection=dg.AssetSelection.assets(*collected),
    description="Append to the lake what has landed, without building anything.",
    tags={"dagster/priority": "1"},
    owners=owners_of("collect"),
)


@dg.sensor(
    job=collect_job,
    minimum_interval_seconds=30,
    description=(
        "Files that arrive during the day are collected, a folder once nothing more arrives there, so that"
        " the night has less to read. Off unless it is switched on."
    ),
    owners=owners_of("collect"),
)
def arrivals(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """What arrives is collected as one delivery once TIEOUT_ARRIVAL_QUIET_SECONDS pass without more."""
    timetable, settings = Timetable.from_environment(), Settings.from_environment()
    if not settings.landing.is_dir():
        return dg.SkipReason(f"there is no landing folder {settings.landing}")
    now = datetime.datetime.now(timetable.time_zone)
    state = Arrivals(*json.loads(context.cursor)) if context.cursor else Arrivals({}, {})
    after, ready = settled(
        state,
        listings(scan(settings.landing)),
        now.timestamp(),
        timetable.arrival_quiet_seconds,
        is_time=is_within(now.time(), timetable.off_peak),
    )
    requests = [
        dg.RunRequest(
            run_key=" ".join(f"{folder}:{after.collected[folder]}" for folder in ready),
            asset_selection=[lake_asset_key(d) for folder in ready for d in DATASETS_OF[folder]],
            tags={"tieout/folders": " ".join(ready)},
        )
    ]
    return dg.SensorResult(run_requests=requests if ready else [], cursor=json.dumps(after))
