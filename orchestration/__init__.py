"""The plumbing of Tieout: it calls, waits and records. Business rules live in models/.

Importing the package turns off the telemetry of every tool that reads its environment. And whatever this
process and those it starts write from then on, by whosever code, is readable by its owner alone, or with
TIEOUT_GROUP by that group too: the umask holds from the moment a file is made.
"""

import os

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
os.environ.setdefault("DO_NOT_TRACK", "1")
os.umask(0o027 if os.environ.get("TIEOUT_GROUP") else 0o077)
