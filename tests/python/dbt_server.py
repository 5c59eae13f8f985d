"""dbt on the project as parsed once: each line on standard input is a run, done in a fork of this process.

Starting dbt and parsing the project costs more than most runs of the tests. A fork starts with both done, and
ends with the run, so one run knows nothing of another. The exit code is printed, one line per run. A fork
cannot parse: the threads of dbt's parser stay behind in this process, and it would wait for them for ever.

What `make build` and whole nights prove is left out here, where it costs: more than one thread, which takes a
fifth more of the processor for tables this small, DuckDB's rewriting of expressions, up to a quarter of what
SQL takes, artifacts, unless a test sets DBT_WRITE_JSON, and finding out again how the nodes hang together.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import pprint
import shutil
import sys
import tempfile
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import CodeType
from typing import Any

import parsedatetime
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments import Environment
from dbt.artifacts.resources import FileHash
from dbt.cli.main import dbtRunner
from dbt.compilation import Compiler, Linker
from dbt.config.runtime import load_profile
from dbt.contracts.graph.manifest import Manifest
from dbt.graph.graph import Graph
from dbt.node_types import NodeType
from dbt.parser.manifest import extended_mashumaro_encoder
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_environment, template_cache
from dbt_common.context import set_invocation_context
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

import orchestration.collect  # noqa: F401  (what the plugin needs is imported once)
from orchestration.settings import PROJECT_DIR

PARTIAL_PARSE = "partial_parse.msgpack"

fire_event = EventManager.fire_event
make_event = BaseEvent.__init__
initialize_db = Environment.initialize_db.__func__
compile_template = MacroFuzzEnvironment.compile
compiled: dict[str, CodeType] = {}
processes = multiprocessing.get_context("fork")


def parse(folder: Path) -> Manifest:
    """The project, parsed with folder as the target. What its last build parsed is used again."""
    with suppress(FileNotFoundError):
        shutil.copy(PROJECT_DIR / "target" / PARTIAL_PARSE, folder)
    outcome = dbtRunner().invoke(
        ["parse", "--quiet", "--target-path", str(folder), "--log-path", str(folder)]
    )
    if not outcome.success:
        raise SystemExit(f"the project cannot be parsed: {outcome.exception}")
    return outcome.result


def linked(manifest: Manifest) -> Graph:
    """What depends on what, without tests. What dbt asks of a node as a dictionary is made once, too."""
    manifest.flat_graph["nodes"] = dict(manifest.flat_graph["nodes"])
    linker = Linker()
    linker.link_graph(manifest)
    tests = [node for node in linker.graph if node.startswith(("test.", "unit_test."))]
    linker.graph.remove_nodes_from(tests)
    return Graph(linker.graph)


def run(manifest: Manifest, graph: Graph, asked: dict[str, Any]) -> None:
    """Run dbt in this process, which exits with the code that dbt's command would have."""
    os.environ.clear()
    os.environ.update(asked["environment"])
    for stream, path in ((1, asked["stdout"]), (2, asked["stderr"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    if asked["environment"].get("DBT_LOG_LEVEL_FILE") == "none":
        EventManager.fire_event = fire
        BaseEvent.__init__, BaseEvent.__getattr__ = keep, read
    if without_tests(asked["arguments"]):

        def compile_graph(compiler: Compiler, *_: Any, **__: Any) -> Graph:
            compiler.initialize()
            return graph

        Compiler.compile = compile_graph
    os.environ.setdefault("DBT_WRITE_JSON", "false")
    threads = [] if "ls" in asked["arguments"] else ["--threads", "1"]  # which dbt ls does not know
    outcome = dbtRunner(manifest=manifest).invoke([*asked["arguments"], *threads])
    DuckDBConnectionManager.close_all_connections()  # as dbt's command does, which a fork's end does not
    if outcome.exception is not None:
        print(outcome.exception, file=sys.stderr)
        raise SystemExit(2)
    raise SystemExit(0 if outcome.success else 1)


def without_tests(arguments: list[str]) -> bool:
    """Whether a run has no tests to wait for, nor to choose from."""
    excluded = {kind for name, kind in pairwise(arguments) if name == "--exclude-resource-type"}
    return arguments[0] == "run" or excluded >= {"test", "unit_test"}


def leave_parsed(manifest: Manifest, environment: dict[str, str], target: str) -> None:
    """Write what dbt leaves in a target folder and begins with, as if it had parsed in an environment."""
    set_invocation_context(environment)  # what the profile reads
    credentials = load_profile(str(PROJECT_DIR), {}).credentials
    seen = pprint.pformat(sorted(credentials.connection_info()))
    manifest.state_check.profile_hash = FileHash.from_contents(seen)
    (Path(target) / PARTIAL_PARSE).write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))


def fire(manager: EventManager, event: BaseEvent, level: EventLevel | None = None, **more: Any) -> None:
    """Fire an event, unless it is one of the thirty of each model that only a debug log would tell."""
    if (level or event.level_tag()) != EventLevel.DEBUG:
        fire_event(manager, event, level, **more)


def keep(event: BaseEvent, *arguments: Any, **named: Any) -> None:
    """Make an event of what is told, once somebody reads it."""
    vars(event)["told"] = arguments, named


def read(event: BaseEvent, name: str) -> Any:
    """An attribute of an event, which is made for it."""
    if "pb_msg" not in vars(event):
        arguments, named = vars(event)["told"]
        make_event(event, *arguments, **named)
    message = vars(event)["pb_msg"]
    return message if name == "pb_msg" else getattr(message, name)


def connect(environment: type[Environment], *arguments: Any, **named: Any) -> Any:
    """A connection to DuckDB that works on one thread, and looks for no better expressions."""
    connection = initialize_db(environment, *arguments, **named)
    connection.execute("set threads = 1")
    connection.execute("set disabled_optimizers = 'expression_rewriter'")
    return connection


def compile_templates(manifest: Manifest) -> None:
    """Compile what every fork would compile anew: the macros, and the models' own templates."""
    for macro in manifest.macros.values():
        template_cache.get_node_template(macro)
    environment = get_environment()
    for node in manifest.nodes.values():
        if node.resource_type == NodeType.Model:
            compiled[node.raw_code] = environment.compile(node.raw_code)
    MacroFuzzEnvironment.compile = compile_once


def compile_once(environment: MacroFuzzEnvironment, source: str, *more: Any, **named: Any) -> CodeType:
    """The code of a template."""
    return compiled.get(source) or compile_template(environment, source, *more, **named)


def main() -> None:
    os.chdir(PROJECT_DIR)
    with tempfile.TemporaryDirectory() as folder:
        manifest = parse(Path(folder))
    compile_templates(manifest)
    graph = linked(manifest)
    parsedatetime.Constants = cache(parsedatetime.Constants)  # asked for with every result that has no rows
    Environment.initialize_db = classmethod(connect)
    gc.freeze()  # otherwise the collector of each fork would touch, and so copy, all of it
    for line in sys.stdin:
        asked = json.loads(line)
        does, more = (leave_parsed, asked.values()) if "target" in asked else (run, [graph, asked])
        process = processes.Process(target=does, args=(manifest, *more))
        process.start()
        process.join()
        print(process.exitcode, flush=True)


if __name__ == "__main__":
    main()
