"""The plumbing of Tieout: it calls, waits and records. Business rules live in models/.

Importing the package turns off the telemetry of every tool that reads its environment.
"""

import os

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
os.environ.setdefault("DO_NOT_TRACK", "1")
