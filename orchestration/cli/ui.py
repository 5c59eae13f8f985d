"""Dagster as a command: its code server, its daemon, and its UI behind the door."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._cli.proxy_server_manager import ProxyServerManager
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget, WorkspaceFileTarget
from dagster_webserver.webserver import DagsterWebserver
from graphql import ASTValidationRule, FieldNode, GraphQLError, ValidationRule
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from orchestration.defs.launches import CheckedRunCoordinator, dates_ahead
from orchestration.defs.partitions import BUSINESS_DATES
from orchestration.serve import ServeError
from orchestration.settings import PROJECT_DIR

_DEFINITIONS = "orchestration.definitions"
_DAEMON = [sys.executable, "-m", "dagster._daemon", "run", "--log-level", "warning"]
_SECONDS_TO_END = 30
# The history of runs is evidence, and pay periods are what the HR system delivered.
_REFUSED = {
    *("deleteRun", "deletePipelineRun", "wipeAssets", "addDynamicPartition", "deleteDynamicPartitions"),
    *("reportRunlessAssetEvents", "reportAssetCheckEvaluations", "shutdownRepositoryLocation"),
    *("setAppManagedComponent", "deleteAppManagedComponent", "refreshComponentState"),
}
_REPORTS = "/report_asset_"


class _HistoryIsKept(ValidationRule):
    """What is done from the UI starts, stops and looks; it forges nothing and removes nothing."""

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Report a mutation that is refused."""
        name, parent = node.name.value, self.context.get_parent_type()
        if name in _REFUSED and parent is self.context.schema.mutation_type:
            self.report_error(GraphQLError(f"{name} is not done from here", node))


class _Webserver(DagsterWebserver):
    """Dagster's own, but for what may change something."""

    def build_graphql_validation_rules(self) -> Collection[type[ASTValidationRule]]:
        """Dagster's rules, and that history is kept."""
        return [*super().build_graphql_validation_rules(), _HistoryIsKept]

    def build_routes(self) -> list[BaseRoute]:
        """All but those by which a program writes events into the history."""
        return [each for each in super().build_routes() if not getattr(each, "path", "").startswith(_REPORTS)]

    async def graphql_http_endpoint(self, request: Request) -> Response:
        """Answer a query by POST only: a GET is what any page can send, and a query may be a mutation."""
        if request.method != "POST" and "query" in request.query_params:
            return PlainTextResponse("GraphQL is answered by POST only.\n", 405, headers={"Allow": "POST"})
        return await super().graphql_http_endpoint(request)

    async def execute_graphql_request(
        self, request: Request, query: str, variables: dict[str, Any] | None, operation_name: str | None
    ) -> JSONResponse:
        """Answer what asks for no partition that does not exist yet.

        A range up to 2099 would be 19,000 of them, each noted for each asset before the launch is refused.
        """
        ahead = next(dates_ahead(query, variables, _today()), None)
        if ahead is not None:
            message = f"{ahead} lies ahead: partitions end with today's"
            return JSONResponse({"errors": [{"message": message}]}, 400)
        return await super().execute_graphql_request(request, query, variables, operation_name)


def _today() -> datetime.date:
    return datetime.datetime.now(ZoneInfo(BUSINESS_DATES.timezone)).date()


@contextmanager
def dagster_ui() -> Iterator[ASGIApp]:
    """Dagster's UI as an application, its code server and its daemon beside it until the end.

    Raises ServeError when DAGSTER_HOME has an instance that does not check what a run is told, and at the end
    when the daemon failed.
    """
    os.environ.setdefault("DAGSTER_HOME", str(PROJECT_DIR / "orchestration" / "instance"))
    os.environ.pop("TIEOUT_UI_TOKEN", None)  # what runs needs no key to the door
    with dg.DagsterInstance.get() as instance:
        if not isinstance(instance.run_coordinator, CheckedRunCoordinator):
            raise ServeError(
                f"{os.environ['DAGSTER_HOME']}/dagster.yaml lets a run be told anything: give it the"
                " run_coordinator of orchestration/instance/dagster.yaml"
            )
        with _services(instance) as workspace:
            target = WorkspaceFileTarget([str(workspace)])
            with WorkspaceProcessContext(instance, target, version=dg.__version__) as context:
                yield _Webserver(context, live_data_poll_rate=2000).create_asgi_app()


@contextmanager
def _services(instance: dg.DagsterInstance) -> Iterator[Path]:
    """The code server, and the daemon that reads it: schedules, sensors and the queue of runs.

    Yields the workspace file that names the code server. YAML reads JSON.
    """
    target = ModuleTarget(_DEFINITIONS, None, str(PROJECT_DIR), _DEFINITIONS)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder, "workspace.yaml")
        with ProxyServerManager(instance, target, code_server_log_level="WARNING") as servers:
            workspace.write_text(json.dumps({"load_from": servers.get_code_server_specs()}), encoding="utf-8")
            # A group of its own: Ctrl-C reaches it through this process, so any other end of it is a failure.
            daemon = subprocess.Popen([*_DAEMON, "--workspace", str(workspace)], process_group=0)
            ending = threading.Event()
            threading.Thread(target=_end_with, args=(daemon, ending), daemon=True).start()
            try:
                yield workspace
            finally:
                failed = daemon.poll()
                ending.set()
                daemon.send_signal(signal.SIGINT)
        # Not before: a code server that Ctrl-C has ended would be started anew meanwhile.
        try:
            daemon.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            daemon.kill()
        if failed is not None:
            raise ServeError(f"Dagster's daemon ended with {failed}, and without it no schedule runs")


def _end_with(daemon: subprocess.Popen, ending: threading.Event) -> None:
    """End this process as Ctrl-C does when the daemon ends by itself."""
    daemon.wait()
    if not ending.is_set():
        os.kill(os.getpid(), signal.SIGINT)
