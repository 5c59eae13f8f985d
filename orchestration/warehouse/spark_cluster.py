"""A standalone Spark cluster of processes on this machine, from the installed pyspark: for trying, and tests.

The wheel of pyspark has a master and workers but no scripts that start them. Whoever reaches the port of a
master runs programs as its owner, so all of it stays on the loopback and wants the secret of a file that is
the owner's alone.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.errors import TieoutError

HOST = "127.0.0.1"
_SECONDS_TO_START = 60
_CLASSES = "org.apache.spark.deploy"


class SparkClusterError(TieoutError):
    """The cluster did not start. The message is the end of what it said."""


@dataclass
class SparkCluster:
    """A running master and its workers. folder: their logs, and spark-defaults.conf, which a driver needs."""

    folder: Path
    master: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What lets a driver on this machine use the cluster, the target `spark` of dbt for one."""
        return {"TIEOUT_SPARK_MASTER": self.master, "SPARK_CONF_DIR": str(self.folder)}

    def start(self, name: str, kind: str, *arguments: str, awaited: str) -> str:
        """Start a process. Returns what of its log matches awaited, a pattern with one group."""
        from pyspark.find_spark_home import _find_spark_home

        log = self.folder / f"{name}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [Path(_find_spark_home()) / "bin" / "spark-class", f"{_CLASSES}.{kind}", *arguments],
                env={**_environment(), "SPARK_CONF_DIR": str(self.folder), "SPARK_LOCAL_IP": HOST},
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes[name] = process
        began = time.monotonic()
        while not (found := re.search(awaited, log.read_text(errors="replace"))):
            if process.poll() is not None or time.monotonic() > began + _SECONDS_TO_START:
                raise SparkClusterError(f"Spark's {name} does not start:\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        return found[1]

    def kill(self, name: str) -> None:
        """End a process and its executors at once, as a machine that is gone."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def spark_cluster(workers: int = 2, cores: int = 1, memory: str = "1g") -> Iterator[SparkCluster]:
    """Run a master and workers inside. cores and memory: of each worker, and of its one executor.

    Executors have the environment of this process, and of Tieout's settings TIEOUT_PSEUDONYM_KEY alone.
    """
    with tempfile.TemporaryDirectory(prefix="tieout-spark-") as folder:
        cluster = SparkCluster(Path(folder))
        (cluster.folder / "spark-defaults.conf").write_text(
            "spark.authenticate true\n"
            f"spark.authenticate.secret {secrets.token_hex(32)}\n"
            "spark.master.rest.enabled false\n"
            "spark.ui.killEnabled false\n"
            f"spark.executor.cores {cores}\n"
            f"spark.executor.memory {memory}\n"
        )
        try:
            cluster.master = cluster.start(
                *("master", "master.Master", "--host", HOST, "--port", "0", "--webui-port", "0"),
                awaited=r"Starting Spark master at (spark://\S+)",
            )
            for number in range(1, workers + 1):
                add_worker(cluster, f"worker-{number}", cores, memory)
            yield cluster
        finally:
            for name in [*cluster.processes]:
                cluster.kill(name)


def add_worker(cluster: SparkCluster, name: str, cores: int, memory: str) -> None:
    """Start one more worker."""
    offered = f"{_megabytes(memory) + 384}m"  # what an executor needs beside its heap is counted too
    cluster.start(
        *(name, "worker.Worker", "--host", HOST, "--webui-port", "0", "--cores", str(cores)),
        *("--memory", offered, "--work-dir", str(cluster.folder / name), cluster.master),
        awaited="(Successfully registered with master)",
    )


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name == "TIEOUT_PSEUDONYM_KEY" or not name.startswith("TIEOUT_")
    }


def _megabytes(memory: str) -> int:
    """Megabytes of a size as Spark writes it, 512m or 2g."""
    number, unit = re.fullmatch(r"(\d+)([mg])", memory.lower()).groups()
    return int(number) * (1024 if unit == "g" else 1)
