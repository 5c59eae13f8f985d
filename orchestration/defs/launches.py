"""What a run may be told: its partition, batches to do again, a folder to read again, and nothing else.

Dagster lets whoever launches a run configure its resources, executor, loggers and steps, with values from
variables of the environment, secrets among them. Every run passes the run coordinator, from the UI, a
schedule, a sensor or a backfill; orchestration/instance/dagster.yaml names this one.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Annotated, Any

import dagster as dg
from dagster._core.run_coordinator import QueuedRunCoordinator, SubmitRunContext
from graphql import GraphQLError, StringValueNode, Visitor, parse, visit
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from orchestration.collect.landing import FOLDERS
from orchestration.defs.partitions import BUSINESS_DATES, MONTHS, PAY_PERIODS
from orchestration.errors import TieoutError

Folder = Enum("Folder", {folder: folder for folder in FOLDERS})


class BatchReplay(dg.Config):
    """Which batches to do again, though nothing of them changed."""

    model: str = Field(
        pattern="^[a-z][a-z0-9_]*$", description="A batched model, such as int_bank_statement_lines_cleaned."
    )
    batch_ids: list[Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_:-]*$")]] = Field(
        description="Batches of it, as operations.fct_batch_runs names them."
    )
    business_date: str | None = Field(
        default=None,
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        description="As-of date (YYYY-MM-DD); the last one the statements cover unless given.",
    )


class SourceReplay(dg.Config):
    """Which folder of the landing zone to read again."""

    folder: Folder = Field(description="A folder of the landing zone.")


def _as_told(config: type[dg.Config]) -> type[BaseModel]:
    """The fields as pydantic reads them; Dagster would also read one from a variable of the environment."""
    fields = {name: (field.annotation, field) for name, field in config.model_fields.items()}
    return create_model(config.__name__, __config__=ConfigDict(extra="forbid"), **fields)


# By job, the step that is told something, and what.
_TOLD: Mapping[str, tuple[str, type[BaseModel]]] = {
    "replay_batches": ("batches_again", _as_told(BatchReplay)),
    "replay_source": ("source_again", _as_told(SourceReplay)),
}
# What the jobs themselves say, and the UI repeats.
_OWN_CONFIG = {"loggers": {"console": {}}}
_PARTITIONED = {"night": [BUSINESS_DATES], "month_end": [MONTHS], "payroll": [PAY_PERIODS]}
_PARTITION_TAGS = (
    "dagster/partition",
    "dagster/asset_partition_range_start",
    "dagster/asset_partition_range_end",
)
# Tags by which Dagster and Tieout steer a run, and those of them that it has before it is in the queue.
_STEERING = (".dagster/", "dagster-", "dagster/image", "dagster/isolation", "tieout/")
_EXPECTED = {".dagster/repository", ".dagster/scheduled_execution_time", "tieout/folders"}


class LaunchRefusedError(TieoutError):
    """A run is told something that it may not be. The message says what, and what it may be told."""


class CheckedRunCoordinator(QueuedRunCoordinator):
    """Queues a run that is told nothing but what it may be; any other ends as failed."""

    def submit_run(self, context: SubmitRunContext) -> dg.DagsterRun:
        """Queue the run. Raises LaunchRefusedError, whose message Dagster shows."""
        run = context.dagster_run
        refused = [*config_refusals(run.job_name, run.run_config), *tag_refusals(run, self._instance)]
        if refused:
            step, _ = _TOLD.get(run.job_name, (None, None))
            allowed = f"the config of {step}" if step else "a partition, if it has any"
            raise LaunchRefusedError(
                f"{run.job_name} is not run: {'; '.join(refused)}. It may be told {allowed}, and nothing else"
            )
        return super().submit_run(context)


def config_refusals(job_name: str, config: Mapping[str, Any]) -> Iterator[str]:
    """Say what of a run's configuration it may not be told. config: as given, by section."""
    step, model = _TOLD.get(job_name, (None, None))
    for section, told in config.items():
        if not told or told == _OWN_CONFIG.get(section):
            continue
        if section != "ops" or step is None:
            yield f"its {section} cannot be configured"
        elif not (isinstance(told, dict) and told.keys() == {step} and _is_config_alone(told[step])):
            yield f"only the config of {step} can be given"
        else:
            try:
                model.model_validate(told[step]["config"])
            except ValidationError as error:
                for each in error.errors(include_url=False):
                    yield f"{'.'.join(map(str, each['loc'])) or step}: {each['msg']}"


def dates_ahead(query: str, variables: Mapping[str, Any] | None, today: datetime.date) -> Iterator[str]:
    """The dates after today that a GraphQL request names, but for what a run is told, which is checked."""
    values: list[object] = [variables]
    with contextlib.suppress(GraphQLError, RecursionError):  # which Dagster answers
        visit(parse(query), _Texts(values))
    while values:
        value = values.pop()
        if isinstance(value, Mapping):
            values += [each for name, each in value.items() if name != "runConfigData"]
        elif isinstance(value, list):
            values += value
        elif isinstance(value, str):
            with contextlib.suppress(ValueError):
                if datetime.datetime.strptime(value.strip(), BUSINESS_DATES.fmt).date() > today:
                    yield value


class _Texts(Visitor):
    """Gathers the texts that stand in a query itself."""

    def __init__(self, found: list[object]) -> None:
        super().__init__()
        self._found = found

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        """Take one."""
        self._found.append(node.value)


def _is_config_alone(told: object) -> bool:
    return isinstance(told, dict) and told.keys() == {"config"}


def tag_refusals(run: dg.DagsterRun, instance: dg.DagsterInstance) -> Iterator[str]:
    """Say which tags of a run name no partition of its job, or would steer it."""
    parent = instance.get_run_by_id(run.parent_run_id) if run.parent_run_id else None
    inherited = parent.tags if parent else {}
    for tag, value in run.tags.items():
        if tag in _PARTITION_TAGS:
            if not _is_partition(run.job_name, value, instance):
                yield f"{value!r} is no partition of it"
        elif tag.startswith(_STEERING) and tag not in _EXPECTED and inherited.get(tag) != value:
            yield f"the tag {tag} cannot be given"


def _is_partition(job_name: str, key: str, instance: dg.DagsterInstance) -> bool:
    """Assets that are materialized without a job of ours may be of any partitions; Dagster knows of which."""
    return any(
        _has_key(partitions, key, instance)
        for partitions in _PARTITIONED.get(job_name, [BUSINESS_DATES, MONTHS, PAY_PERIODS])
    )


def _has_key(partitions: dg.PartitionsDefinition, key: str, instance: dg.DagsterInstance) -> bool:
    if isinstance(partitions, dg.DynamicPartitionsDefinition):
        return instance.has_dynamic_partition(partitions.name, key)
    try:
        return partitions.has_partition_key(key)
    except ValueError:  # no date
        return False
