"""What the time clocks deliver: a file per device and day, some late, some twice, some out of order."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from random import Random

from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.payroll.punches import Punch
from orchestration.demo.payroll.truth import PayrollTruth

# Days of a device, by their place among its days, on which its delivery goes wrong.
_RESENT = {"CLK-01": (20,), "CLK-03": (9, 41)}
_REORDERED = {"CLK-01": (33,), "CLK-02": (14,), "CLK-03": (27,)}
_COPIED = {"CLK-02": (30,)}
# The device was offline for three days: they came after the payday of their period.
_LATE = {"CLK-02": (39, 40, 41)}
_LATE_DAYS = 13


def write_punches(folder: GeneratedFolder, punches: list[Punch], random: Random, truth: PayrollTruth) -> int:
    """Write landing/punches/ and return the number of files."""
    days: dict[str, dict[datetime.date, list[Punch]]] = defaultdict(lambda: defaultdict(list))
    for punch in punches:
        days[punch.device_id][punch.at.date()].append(punch)
    files = 0
    for device_id, by_day in days.items():
        before: list[Punch] = []
        for index, (day, lines) in enumerate(by_day.items()):
            path = f"punches/{device_id}/{day:%Y-%m-%d}"
            about = f"{len(lines)} punches of {day} on {device_id}"
            written = list(lines)
            if index in _REORDERED.get(device_id, ()):
                random.shuffle(written)
                truth.plant("reordered_file", None, day, f"{about}, out of order", file=f"{path}.jsonl")
            if index in _LATE.get(device_id, ()):
                path += f"_delivered_{day + datetime.timedelta(days=_LATE_DAYS):%Y-%m-%d}"
                truth.plant("late_file", None, day, f"{about}, {_LATE_DAYS} days late", file=f"{path}.jsonl")
            folder.write(f"{path}.jsonl", _lines(written))
            files += 1
            if index in _COPIED.get(device_id, ()):
                truth.plant("same_bytes_again", None, day, about, file=f"{path}_copy.jsonl")
                folder.write(f"{path}_copy.jsonl", _lines(written))
                files += 1
            if index in _RESENT.get(device_id, ()):
                description = f"{about} again, with {len(before)} of the day before"
                truth.plant("resent_punches", None, day, description, file=f"{path}_resent.jsonl")
                folder.write(f"{path}_resent.jsonl", _lines(before + lines))
                files += 1
            before = lines
    return files


def _lines(punches: list[Punch]) -> bytes:
    return b"".join(_line(punch) for punch in punches)


def _line(punch: Punch) -> bytes:
    fields: dict[str, object] = {
        "device_id": punch.device_id,
        "sequence": punch.sequence,
        "badge": punch.badge,
        "direction": punch.direction,
        "punched_at": punch.at.isoformat(timespec="seconds"),
    }
    if punch.job_code:
        fields["job_code"] = punch.job_code
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"
