"""Pages open beside Dagster and the lineage site in the operator's browser: nothing read, nothing started.

The same attacks start jobs on a plain dagster-webserver, and read it.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from browser import CHROMIUM, Browser, browser
from dbt_runs import leave_parsed
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from orchestration.cli.docs import docs_site
from orchestration.serve import Server
from orchestration.settings import PROJECT_DIR, Settings

TOKEN = "the-operators-own-token-0815"
NAMES = {"foreign.test": "127.0.0.1", "rebound.test": "127.0.0.1"}
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (apt-get install chromium)")

MUTATION = """mutation { launchRun(executionParams: {
  selector: {repositoryName: "__repository__", repositoryLocationName: "LOCATION", pipelineName: "collect"},
  executionMetadata: {tags: [{key: "attack", value: "NAME"}]}}) { __typename } }"""
RUNS = "{ runsOrError { ... on Runs { results { tags { key value } } } } }"

# What a page does to another server; returns what it read there, by name of the attack.
ATTACKS = """(async (target, mutation) => {
  const query = name => mutation.replace('NAME', `${name} from ${location.hostname}`);
  const address = name => `${target}/graphql?query=${encodeURIComponent(query(name))}`;
  const json = name => JSON.stringify({query: query(name)});
  const read = {};
  const element = (tag, name) => new Promise(done => {
    const it = document.createElement(tag);
    it.onload = it.onerror = done;
    it.src = address(name);
    document.body.append(it);
  });
  const form = (name, type) => new Promise(done => {
    const frame = document.createElement('iframe');
    frame.name = name;
    document.body.append(frame);
    const it = document.createElement('form');
    Object.assign(it, {method: 'POST', enctype: type, action: address(name), target: name});
    document.body.append(it);
    frame.onload = done;
    it.submit();
  });
  const fetched = async (name, url, options) => {
    const answer = await fetch(url, {credentials: 'include', ...options});
    const text = await answer.text();
    if (text) read[name] = text;
  };
  const socket = () => new Promise(done => {
    const it = new WebSocket(target.replace('http', 'ws') + '/graphql', 'graphql-ws');
    it.onopen = () => it.send(JSON.stringify({type: 'connection_init'}));
    it.onmessage = message => { read.socket = message.data; done(); };
    it.onerror = it.onclose = done;
  });
  const attempts = [
    element('img', 'image'), element('script', 'script'), element('iframe', 'frame'),
    form('form', 'application/x-www-form-urlencoded'), form('text form', 'text/plain'),
    form('file form', 'multipart/form-data'),
    fetched('fetch', address('fetch'), {mode: 'no-cors'}),
    fetched('post', address('post'), {mode: 'no-cors', method: 'POST', body: json('post')}),
    fetched('json post', `${target}/graphql`, {
      method: 'POST', headers: {'content-type': 'application/json'}, body: json('json post')}),
    fetched('page', `${target}/`, {}), fetched('manifest', `${target}/manifest.json`, {}),
    socket(),
  ];
  navigator.sendBeacon(address('beacon'), 'x');
  const late = new Promise(done => setTimeout(done, 10000));
  await Promise.race([Promise.allSettled(attempts), late]);
  return read;
})"""
# A frame is shown a page of Dagster that waits for a click.
STARTED = {"image", "script", "form", "text form", "file form", "fetch", "post", "beacon"}

# From the server's own origin: the status and the start of the answer to a mutation by POST of JSON.
OWN_POST = """(async mutation => {
  const answer = await fetch('/graphql', {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify({query: mutation})});
  return [answer.status, await answer.text()];
})"""
OWN_SOCKET = """new Promise(done => {
  const it = new WebSocket(location.origin.replace('http', 'ws') + '/graphql', 'graphql-ws');
  it.onopen = () => it.send(JSON.stringify({type: 'connection_init'}));
  it.onmessage = message => done(message.data);
  it.onclose = () => done('closed');
})"""


class Served(NamedTuple):
    """A Dagster that is served: its port and the name of its code location."""

    port: int
    location: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def mutation(self, name: str) -> str:
        return MUTATION.replace("LOCATION", self.location).replace("NAME", name)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def graphql(self, query: str, **variables: object) -> dict[str, Any]:
        """What Dagster answers to a program that has the token."""
        headers = {"content_type": "application/json", "authorization": f"Bearer {TOKEN}"}
        body = json.dumps({"query": query, "variables": variables})
        return json.loads(self.ask("POST", "/graphql", body, **headers)[1])

    def attacks(self) -> set[str]:
        """The attacks that started a run."""
        runs = self.graphql(RUNS)["data"]["runsOrError"]["results"]
        return {tag["value"] for run in runs for tag in run["tags"] if tag["key"] == "attack"}


class Foreign(NamedTuple):
    """A server of somebody else, and the headers of every request that reached it."""

    port: int
    requests: list[str]


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    requests: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(f"{self.path}\n{self.headers}")
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>foreign</title><body>foreign</body>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Foreign(server.server_address[1], requests)
    server.shutdown()


def _environment(home: Path) -> dict[str, str]:
    (home / "landing").mkdir(parents=True)
    places = ("LANDING", "LAKE", "PAYMENTS", "PUBLISHED", "REPORTS")
    return os.environ | {
        "PYTHONPATH": str(PROJECT_DIR),
        "DAGSTER_HOME": str(home),
        "TIEOUT_UI_TOKEN": TOKEN,
        "TIEOUT_WAREHOUSE": str(home / "warehouse" / "tieout.duckdb"),
        **{f"TIEOUT_{place}": str(home / place.lower()) for place in places},
    }


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`tieout ui`, ended by Ctrl-C."""
    home = tmp_path_factory.mktemp("ui")
    environment = _environment(home)
    (home / "dagster.yaml").write_text(
        (PROJECT_DIR / "orchestration" / "instance" / "dagster.yaml").read_text()
    )
    with subprocess.Popen(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "ui", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        said = process.stdout.readline()
        assert "token=$TIEOUT_UI_TOKEN " in said
        yield Served(int(re.search(r":(\d+)/", said)[1]), "orchestration.definitions")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(120) == 0
    end = time.monotonic() + 60
    while _processes(str(home)):
        assert time.monotonic() < end, "a process outlives tieout ui"
        time.sleep(0.2)


def _processes(text: str) -> list[tuple[str, str]]:
    """Command line and environment of each process that has a text in its environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environment = (
                (process / name).read_bytes().decode(errors="replace") for name in ("cmdline", "environ")
            )
        except OSError:  # it has ended, or is another's
            continue
        if text in environment:
            found.append((command, environment))
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A plain dagster-webserver."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    file = PROJECT_DIR / "tests" / "python" / "open_dagster.py"
    command = [sys.executable, "-m", "dagster_webserver", "-f", str(file), "--port", str(port)]
    environment = os.environ | {"DAGSTER_HOME": str(tmp_path_factory.mktemp("plain"))}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        served, end = Served(port, file.name), time.monotonic() + 120
        while True:
            try:
                served.ask("GET", "/server_info")
                break
            except OSError:
                assert time.monotonic() < end and process.poll() is None, "dagster-webserver does not start"
                time.sleep(0.2)
        yield served
        process.send_signal(signal.SIGINT)


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """The lineage site of a small project, by the address that opens it."""
    column = {"name": "amount", "description": ""}
    manifest = {
        "docs": {"doc.tieout.amount": {"name": "amount", "block_contents": "What was moved."}},
        "nodes": {"model.tieout.items": {"columns": {"amount": column}}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "catalog.json").write_text("{}")
    (folder / "run_results.json").write_text("{}")
    (folder / "index.html").write_text("<!doctype html><title>lineage</title><body>lineage</body>")
    server = Server(replace(Settings.from_environment(), ui_token=None), 0)
    threading.Thread(target=server.run, args=(docs_site(folder),), daemon=True).start()
    yield server.address


def _attacked(page: Browser, target: str, mutation: str, foreign: Foreign) -> dict[str, str]:
    """Attack from a page of another site, and from one of another port of the same host."""
    read: dict[str, str] = {}
    for host in ("foreign.test", "127.0.0.1"):
        page.visit(f"http://{host}:{foreign.port}/")
        found = page.run(f"{ATTACKS}({json.dumps(target)}, {json.dumps(mutation)})")
        read |= {f"{name} from {host}": text for name, text in found.items()}
    return read


def _rebound(page: Browser, port: int, mutation: str) -> tuple[int, str]:
    """What a page reads whose name came to mean this machine after it was loaded."""
    page.visit(f"http://rebound.test:{port}/")
    status, text = page.run(f"{OWN_POST}({json.dumps(mutation)})")
    return status, text


@needs_browser
def test_a_foreign_page_starts_jobs_of_a_plain_dagster_and_reads_it(
    plain: Served, foreign: Foreign, tmp_path: Path
) -> None:
    """So that the next test can fail."""
    with browser(tmp_path / "profile", NAMES) as page:
        read = _attacked(page, plain.origin, plain.mutation("NAME"), foreign)
        status, told = _rebound(page, plain.port, plain.mutation("rebinding"))
    assert "connection_ack" in read["socket from foreign.test"]
    assert status == 200 and "LaunchRunSuccess" in told
    both = {f"{name} from {host}" for name in STARTED for host in ("foreign.test", "127.0.0.1")}
    assert plain.attacks() == both | {"rebinding"}


@needs_browser
def test_a_foreign_page_starts_nothing_of_ours_and_reads_nothing(
    ui: Served, foreign: Foreign, tmp_path: Path
) -> None:
    with browser(tmp_path / "profile", NAMES) as page:
        page.visit(f"{ui.origin}/jobs?token={TOKEN}")
        page.wait_for("document.body.innerText.includes('replay_source')")  # read by POST
        assert page.run("location.href") == f"{ui.origin}/jobs"
        assert page.run("document.cookie") == ""
        assert "connection_ack" in page.run(OWN_SOCKET)
        status, told = page.run(f"{OWN_POST}({json.dumps(ui.mutation('own'))})")
        assert status == 200 and "LaunchRunSuccess" in told

        assert _attacked(page, ui.origin, ui.mutation("NAME"), foreign) == {}
        status, told = _rebound(page, ui.port, ui.mutation("rebinding"))
        assert status == 421 and "rebound.test" in told

        page.visit(f"{ui.origin}/jobs?token={TOKEN}")
        page.run(f"location.href = 'http://foreign.test:{foreign.port}/left'")
        page.wait_for("document.title === 'foreign'")
    assert ui.attacks() == {"own"}
    assert any(request.startswith("/left") for request in foreign.requests)
    assert not any(TOKEN in request or "Referer: http://127" in request for request in foreign.requests[-1:])


@needs_browser
def test_a_foreign_page_reads_nothing_of_the_lineage(foreign: Foreign, tmp_path: Path) -> None:
    with _site(tmp_path) as address, browser(tmp_path / "profile", NAMES) as page:
        origin, _, token = address.partition("/?token=")
        page.visit(address)
        assert page.run("document.title") == "lineage" and page.run("location.search") == ""
        assert "What was moved." in page.run("fetch('manifest.json').then(answer => answer.text())")

        assert _attacked(page, origin, "NAME", foreign) == {}
        assert _rebound(page, int(origin.rpartition(":")[2]), "x")[0] == 421
    assert not any(token in request for request in foreign.requests)


def _session(ui: Served) -> str:
    """The operator's cookie."""
    connection = http.client.HTTPConnection("127.0.0.1", ui.port)
    connection.request("GET", f"/?token={TOKEN}")
    return connection.getresponse().headers["set-cookie"].partition(";")[0]


def test_without_a_browser_that_keeps_foreign_pages_apart_nothing_gets_in(ui: Served) -> None:
    """The requests of every attack, sent with the operator's cookie, as an old or broken browser would."""
    cookie, before = _session(ui), ui.attacks()
    query = f"/graphql?query={quote(ui.mutation('by hand'))}"
    body = json.dumps({"query": ui.mutation("by hand")})
    is_json = {"content_type": "application/json"}
    assert ui.ask("GET", query, cookie=cookie)[0] == 405
    assert ui.ask("HEAD", query, cookie=cookie)[0] == 405
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/x",
    ):
        assert ui.ask("POST", query, body, cookie=cookie, content_type=kind)[0] == 415
    assert ui.ask("POST", query, cookie=cookie)[0] == 415
    for origin in ("http://foreign.test", "null", f"http://localhost:{ui.port}"):
        assert ui.ask("POST", "/graphql", body, cookie=cookie, origin=origin, **is_json)[0] == 403
    rebound = f"rebound.test:{ui.port}"
    assert ui.ask("POST", "/graphql", body, cookie=cookie, host=rebound, **is_json)[0] == 421
    assert ui.ask("POST", "/report_asset_materialization/x", "{}", **is_json)[0] == 403
    assert ui.ask("POST", "/report_asset_materialization/x", "{}", cookie=cookie, **is_json)[0] == 405
    for path in ("/", "/graphql", "/server_info", "/logs/x/out", "/download_debug/x"):
        assert ui.ask("GET", path)[0] == 403
    assert ui.attacks() == before


@pytest.mark.parametrize("origin", ["http://foreign.test", "null", None])
def test_no_socket_opens_to_another_origin_or_without_the_cookie(ui: Served, origin: str | None) -> None:
    address, is_own = f"ws://127.0.0.1:{ui.port}/graphql", origin is None
    cookie = {} if is_own else {"Cookie": _session(ui)}
    with pytest.raises(InvalidStatus) as refused, connect(address, origin=origin, additional_headers=cookie):
        pass
    assert refused.value.response.status_code == 403


def test_a_launch_that_names_a_resource_fails_and_is_told_why(ui: Served) -> None:
    launch = (
        "mutation($config: RunConfigData) { launchRun(executionParams: {runConfigData: $config, selector:"
        ' {repositoryName: "__repository__", repositoryLocationName: "orchestration.definitions",'
        ' pipelineName: "collect"}}) { __typename ... on PythonError { message } } }'
    )
    config = {"resources": {"io_manager": {"config": {}}}}
    answer = ui.graphql(launch, config=config)["data"]["launchRun"]
    assert answer["__typename"] == "PythonError"
    assert "collect is not run: its resources cannot be configured" in answer["message"]


def test_a_launch_asks_for_no_partition_that_does_not_exist_yet(ui: Served) -> None:
    launch = (
        "mutation($tags: [ExecutionTag!]) { launchRun(executionParams: {executionMetadata: {tags: $tags},"
        ' selector: {repositoryName: "__repository__", repositoryLocationName: "orchestration.definitions",'
        ' pipelineName: "night"}}) { __typename } }'
    )
    bounds = {"start": "2026-03-02", "end": "2099-03-26"}
    tags = [{"key": f"dagster/asset_partition_range_{end}", "value": date} for end, date in bounds.items()]
    (error,) = ui.graphql(launch, tags=tags)["errors"]
    assert error["message"] == "2099-03-26 lies ahead: partitions end with today's"


@pytest.mark.parametrize(
    "mutation",
    [
        'deleteRun(runId: "x") { __typename }',
        'wipe: wipeAssets(assetPartitionRanges: [{assetKey: {path: ["morning_page"]}}]) { __typename }',
        "...given } fragment given on Mutation { shutdownRepositoryLocation(repositoryLocationName:"
        ' "orchestration.definitions") { __typename }',
    ],
)
def test_history_is_neither_removed_nor_forged_from_the_ui(ui: Served, mutation: str) -> None:
    (error,) = ui.graphql(f"mutation {{ {mutation} }}")["errors"]
    assert "is not done from here" in error["message"]


def test_a_socket_starts_no_run(ui: Served) -> None:
    """It is for subscriptions; the door looks at the first request of it alone."""
    started = ui.attacks()
    address, own = f"ws://127.0.0.1:{ui.port}/graphql", {"Cookie": _session(ui)}
    with connect(address, subprotocols=["graphql-ws"], additional_headers=own) as socket:
        socket.send(json.dumps({"type": "start", "id": "1", "payload": {"query": ui.mutation("socket")}}))
        assert json.loads(socket.recv(timeout=30))["type"] == "error"
    assert ui.attacks() == started


def test_the_token_is_in_no_command_line_and_with_no_process_that_runs_jobs(ui: Served) -> None:
    mine = [
        (command, environment) for command, environment in _processes("DAGSTER_HOME=") if "dagster" in command
    ]
    served = [each for each in mine if TOKEN in each[0] or TOKEN in each[1]]
    assert len(mine) >= 3 and served == []


@pytest.mark.long
def test_the_lineage_site_of_the_demo(demo_zone: Path, tmp_path: Path) -> None:
    """`tieout docs`, ended by SIGTERM as a service would. It opens the warehouse to write, as dbt does."""
    environment = _environment(tmp_path / "home") | {
        "TIEOUT_LANDING": str(PROJECT_DIR / "landing"),
        "TIEOUT_LAKE": str(demo_zone / "lake"),
        "TIEOUT_WAREHOUSE": shutil.copy(demo_zone / "warehouse" / "tieout.duckdb", tmp_path),
        "DBT_TARGET_PATH": str(tmp_path / "target"),
    }
    leave_parsed(tmp_path / "target", environment)
    with subprocess.Popen(
        [sys.executable, "-c", "from orchestration.cli import main; main()", "docs", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        site = Served(int(re.search(r":(\d+)/", process.stdout.readline())[1]), "")
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert site.ask("GET", "/manifest.json")[0] == 403
        status, manifest = site.ask("GET", "/manifest.json", **bearer)
        marts = json.loads(manifest)["nodes"]["model.tieout.fct_control_totals"]["columns"].values()
        assert status == 200 and all(column["description"] for column in marts)
        assert "fct_control_totals" in site.ask("GET", "/catalog.json", **bearer)[1]
        assert site.ask("GET", "/", **bearer)[0] == 200
        assert site.ask("GET", "/partial_parse.msgpack", **bearer)[0] == 404
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
