"""The `tieout` command. Thin: each command calls one function and turns its errors into exit codes.

Exit codes: 0 done, 1 something did not succeed (the message says what and what to do), 2 wrong usage. A night
ends with 0 when it ran to its end, published or not, and with 2 when it did not, as `make night` does.
"""

from __future__ import annotations

import datetime
import logging
import re
import time
from pathlib import Path

import click

from orchestration.errors import TieoutError
from orchestration.outside import shown
from orchestration.places import guard_places
from orchestration.settings import Settings, acting_user

_PORT = "Port on 127.0.0.1; 0 for one that is free."


class _Commands(click.Group):
    """The one place where an error becomes a message and an exit code. Any other error is a defect."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except (TieoutError, OSError) as error:
            raise click.ClickException(shown(str(error), lines=True)) from error
        except Exception as error:
            import duckdb

            from orchestration.lake.lock import held_by

            # Another process has the warehouse open, or it lacks what is asked for.
            if not isinstance(error, duckdb.Error):
                raise
            if holder := held_by(error):
                raise click.ClickException(
                    f"the warehouse is in use by {holder}: wait for it to end, or end it"
                ) from error
            raise click.ClickException(shown(str(error), lines=True)) from error


class _Plain(logging.Formatter):
    """Nothing in a message drives the terminal it is shown on."""

    def format(self, record: logging.LogRecord) -> str:
        """The message, and the traceback of an error."""
        return shown(super().format(record), lines=True)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="tieout")
def main() -> None:
    """Tie the banks' statements out to the books, every night.

    Paths come from TIEOUT_LANDING (default landing), TIEOUT_LAKE (lake) and TIEOUT_WAREHOUSE
    (warehouse/tieout.duckdb), relative to the project.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Plain("%(message)s"))
    logger = logging.getLogger("orchestration")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    from orchestration.cli.settings_page import misspelt_settings

    for line in misspelt_settings():
        click.echo(shown(line), err=True)
    guard_places(Settings.from_environment())


@main.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Landing zone to write.")
@click.option(
    "--truth",
    type=click.Path(path_type=Path),
    help="Where the planted truth goes; beside the landing zone as OUT-truth unless given.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed writes the same bytes.")
@click.option("--days", type=click.IntRange(1), default=60, show_default=True, help="Business days.")
@click.option(
    "--lines-per-day",
    type=click.IntRange(1),
    default=30,
    show_default=True,
    help="About how many bank lines a business day has, over all accounts.",
)
@click.option(
    "--start",
    "start_on",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-01-02",
    show_default=True,
    help="First day.",
)
@click.option(
    "--ledger-format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Format of the ledger's exports.",
)
def demo(
    out: Path,
    truth: Path | None,
    seed: int,
    days: int,
    lines_per_day: int,
    start_on: datetime.datetime,
    ledger_format: str,
) -> None:
    """Write a company's landing zone, and beside it what was planted in it.

    From another first day on, its employees need TIEOUT_PSEUDONYM_KEY as yours do.
    """
    from orchestration.demo import generate

    done = generate(
        out,
        truth or out.with_name(f"{out.name}-truth"),
        seed=seed,
        days=days,
        lines_per_day=lines_per_day,
        start_on=start_on.date(),
        ledger_format=ledger_format,
    )
    click.echo(done)


@main.command("demo-bank")
def demo_bank() -> None:
    """Answer payment files as the demo company's bank does: settle them, and return one payment.

    Reads TIEOUT_PAYMENTS and writes to TIEOUT_LANDING, which must be the demo's.
    """
    from orchestration.demo.payroll import answer_payments

    settings = Settings.from_environment()
    answer = answer_payments(settings.landing, settings.payments)
    if answer is None:
        raise click.ClickException(
            f"{settings.payments} holds no NACHA file that is not answered: `tieout pay PERIOD` writes one"
        )
    click.echo(answer)


@main.command("collect")
@click.option("--retry-quarantined", is_flag=True, help="Read quarantined files again.")
def collect_command(retry_quarantined: bool) -> None:
    """Append to the lake what has landed since the last time."""
    from orchestration.collect import collect

    click.echo(collect(Settings.from_environment(), retry_quarantined=retry_quarantined))


@main.command("build", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("arguments", metavar="[DBT ARGUMENT]...", nargs=-1, type=click.UNPROCESSED)
def build_command(arguments: tuple[str, ...]) -> None:
    """Collect what has landed, build and test every model, and sum up: `dbt build` with its progress.

    Unit tests of the models are left out; `make test` runs them. More arguments go to dbt, such as
    `--selector bank`.
    """
    from orchestration.warehouse.build import build

    click.echo(build(arguments))
    _print_summary(Settings.from_environment())


@main.command("close")
@click.argument("closed_on", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--by", "closed_by", help="Who closes; TIEOUT_USER or the login name unless given.")
def close_command(closed_on: datetime.datetime, closed_by: str | None) -> None:
    """Close a business date: freeze its matches and open items in the lake.

    Runs only when every control up to DATE (YYYY-MM-DD) is green, or red and accepted by a decision, and when
    as many other persons have reviewed it as decision_policies asks for.
    """

    from orchestration.close.business_date import close

    done = close(Settings.from_environment(), closed_on.date(), closed_by or acting_user())
    click.echo(
        f"closed {done.closed_on}: {done.item_count:,} items and {done.match_count:,} matches frozen"
        f"{f', {done.note}' if done.note else ''}. `dbt build` brings the warehouse up to date"
    )


@main.command()
def closes() -> None:
    """List the closes: date, when and by whom, items, matches, and whether they still stand."""
    from orchestration.close.business_date import list_closes

    found = list_closes(Settings.from_environment())
    for closed_on, closed_by, closed_at, items, matches, note, reviewed_by, is_valid in found:
        click.echo(
            f"{closed_on}  {items:>9,} items {matches:>9,} matches"
            f"  {closed_at:%Y-%m-%d %H:%M} UTC  {closed_by}"
            f"{f', reviewed by {reviewed_by}' if reviewed_by else ''}"
            f"{f'  {note}' if note else ''}{'' if is_valid else '  reopened'}"
        )


@main.command("sign")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of your private key; TIEOUT_SIGNING_KEY unless given.",
)
@click.option(
    "--company", help="For which company; TIEOUT_COMPANY unless given, and none where that is not set."
)
def sign_command(files: tuple[Path, ...], key_file: Path | None, company: str | None) -> None:
    """Sign decision files with your key, each in FILE.sig beside it. Deliver both.

    Several persons may sign one file, one after another. A file that is changed afterwards has to be signed
    again.
    """
    from orchestration.collect.signatures import private_key_of, sign, signature_file

    key = private_key_of(key_file)
    for file in files:
        public = sign(file, key, company or Settings.from_environment().company)
        click.echo(f"{signature_file(file)}: signed, which public key {public} proves")


@main.group("keys")
def keys() -> None:
    """Keys to sign decisions with."""


@keys.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", "person", help="Whose key it is; TIEOUT_USER or the login name unless given.")
def new_key_command(file: Path, person: str | None) -> None:
    """Make a key pair: the private key in FILE, which its owner alone can read, and the public one as a row
    for the file of TIEOUT_SIGNERS."""
    from orchestration.collect.signatures import new_key, signers_rows

    click.echo(signers_rows(person or acting_user(), new_key(file)))


@main.command("close-period")
@click.argument("pay_period_id", metavar="PERIOD")
@click.option("--by", "closed_by", help="Who closes; TIEOUT_USER or the login name unless given.")
def close_period_command(pay_period_id: str, closed_by: str | None) -> None:
    """Close a pay period: freeze its payslips in the lake.

    Runs only when no punch is in question and no payslip is blocked, or a decision accepts each that is, and
    when as many other persons have reviewed it as decision_policies asks for.
    """
    from orchestration.close.pay_period import close_period

    done = close_period(Settings.from_environment(), pay_period_id, closed_by or acting_user())
    click.echo(
        f"closed {done.pay_period_id}: {done.payslip_count:,} payslips and {done.line_count:,} lines frozen"
        f"{f', {done.note}' if done.note else ''}. `tieout pay {done.pay_period_id}` writes its payment files"
    )


@main.command("pay")
@click.argument("pay_period_id", metavar="PERIOD")
@click.option("--by", "written_by", help="Who pays; TIEOUT_USER or the login name unless given.")
@click.option("--again", is_flag=True, help="Write the period's files again from the lake, byte for byte.")
def pay_command(pay_period_id: str, written_by: str | None, again: bool) -> None:
    """Write the payment files of a closed pay period, once, to TIEOUT_PAYMENTS (default payments)."""
    from orchestration.payroll.pay import pay, put_files

    if again:
        files = put_files(Settings.from_environment(), pay_period_id)
    else:
        files = pay(Settings.from_environment(), pay_period_id, written_by or acting_user())
    for file in files:
        total = f"{file.amount_total:,.2f} {file.currency}"
        click.echo(f"{file.path}: {file.payment_count:,} payments and prenotes, {total}")


@main.command()
def summary() -> None:
    """Say what tied out, what did not, and where to look next."""
    _print_summary(Settings.from_environment())


@main.command("publish")
@click.option("--list", "listed", is_flag=True, help="List the versions, the current one marked.")
@click.option(
    "--history", "told", is_flag=True, help="List every publish, rollback and removal, by the lake's chain."
)
@click.option(
    "--rollback",
    metavar="[VERSION]",
    is_flag=False,
    flag_value="",
    help="Make VERSION current again, the one before the current unless given.",
)
@click.option("--by", "published_by", help="Who publishes; TIEOUT_USER or the login name unless given.")
def publish_command(listed: bool, told: bool, rollback: str | None, published_by: str | None) -> None:
    """Publish the marts to TIEOUT_PUBLISHED (default published), and to the URLs of TIEOUT_PUBLISH_TO.

    The bank and payroll are published apart: each only when it was built and tested to the end, and every
    control of it is green, or red and accepted by a decision. What may not be published stays as it was, and
    the exit code is 1. Readers open published/current and are never blocked.
    """
    from orchestration.publish import history, list_versions, publish, roll_back

    if listed + told + (rollback is not None) > 1:
        raise click.UsageError("--list, --history and --rollback do not go together")
    settings = Settings.from_environment()
    if listed:
        for version in list_versions(settings):
            click.echo(version)
        if not settings.published.exists():
            click.echo(f"nothing is published in {settings.published} yet")
    elif told:
        click.echo("\n".join(history(settings)) or "nothing was published yet, by the chain of this lake")
    elif rollback is not None:
        version = roll_back(settings, rollback or None, published_by or acting_user())
        click.echo(
            f"{version.version} as of {version.as_of_on} is current again. Only the link moved: what"
            " TIEOUT_PUBLISH_TO names is as it was, and the next `tieout publish` replaces this version"
        )
    else:
        done = publish(settings, published_by or acting_user())
        click.echo(done)
        if done.refused:
            raise click.ClickException("\n".join(done.refused.values()))


@main.command("report")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option(
    "--from",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to read: a warehouse, or a version of the published copy.",
)
def report_command(out: Path | None, database: Path | None) -> None:
    """Write the page for the morning: did the date close, what is red and why, what to do first.

    One HTML file that needs no network. Reads the published copy (TIEOUT_PUBLISHED, default published)
    unless --from is given, and writes TIEOUT_REPORTS/<as-of date>.html (default reports) unless --out is.
    """
    from orchestration.report import write_report

    report = write_report(Settings.from_environment(), database=database, out=out)
    click.echo(report.path)


@main.command("export")
@click.argument("mart", metavar="MART")
@click.option(
    "--format", "file_format", type=click.Choice(["csv", "parquet"]), default="csv", show_default=True
)
@click.option("--where", metavar="CONDITION", help="Rows to write, as SQL; all unless given.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; MART.FORMAT unless given."
)
@click.option(
    "--from",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to read: a warehouse, or a version of the published copy.",
)
def export_command(
    mart: str, file_format: str, where: str | None, out: Path | None, database: Path | None
) -> None:
    """Write a mart as one file, for a spreadsheet or another tool.

    A CSV file opens in Excel by double click, with every decimal; text that would run as a formula gets an
    apostrophe. Reads the published copy (TIEOUT_PUBLISHED, default published) unless --from is given.
    """
    from orchestration.publish.export import export

    path, row_count = export(
        Settings.from_environment(), mart, file_format, where=where, out=out, database=database
    )
    click.echo(f"{row_count:,} rows in {path}")


@main.command("metric")
@click.argument("names", metavar="[METRIC]...", nargs=-1)
@click.option("--by", multiple=True, help="Dimension, such as account_name or month; several times for more.")
@click.option("--where", metavar="CONDITION", help="Such as \"{{ Dimension('item__side') }} = 'bank'\".")
@click.option("--sql", "is_sql", is_flag=True, help="Print the query instead of its answer.")
@click.option(
    "--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="Whose SQL --sql prints."
)
@click.option(
    "--from",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to read: a warehouse, or a version of the published copy.",
)
def metric_command(
    names: tuple[str, ...],
    by: tuple[str, ...],
    where: str | None,
    is_sql: bool,
    engine: str,
    database: Path | None,
) -> None:
    """Print metrics as CSV, by their dimensions; without a name, what there is.

    An amount is always told by currency. Reads the published copy unless --from is given.
    """
    import sys

    from orchestration.publish.metrics import Metrics, ask, semantic_manifest
    from orchestration.report.sheets import write_csv

    if is_sql and names:
        click.echo(Metrics(semantic_manifest(), engine).sql(names, by, where))
    elif names:
        columns, rows = ask(Settings.from_environment(), names, by, where, database)
        write_csv(sys.stdout, columns, rows)
    else:
        for metric in Metrics(semantic_manifest()).all.values():
            click.echo(f"{metric.name:<24}{metric.description}")


@main.command("evidence")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("month", metavar="MONTH", type=click.DateTime(["%Y-%m"]))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write, new or empty; TIEOUT_REPORTS/evidence/ACCOUNT_MONTH unless given.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Date of the closing statement, in MONTH; its last day unless given.",
)
@click.option(
    "--from",
    "database",
    type=click.Path(dir_okay=False, path_type=Path),
    help="DuckDB file to read: another warehouse, or a version of the published copy.",
)
def evidence_command(
    account_id: str,
    month: datetime.datetime,
    out: Path | None,
    as_of: datetime.datetime | None,
    database: Path | None,
) -> None:
    """Write the evidence of an account's reconciliation for a MONTH (YYYY-MM), for an auditor.

    One folder: a page that prints, CSV files with every row, and SHA256SUMS over all of them. Statement files
    with their hashes, the reconciliation statement, open items, matches with their evidence, decisions,
    controls, closes, versions. Reads the warehouse unless --from is given; two builds of one lake give the
    same bytes.
    """
    from orchestration.evidence import write_evidence

    evidence = write_evidence(
        Settings.from_environment(),
        account_id,
        month.date(),
        out=out,
        as_of=as_of.date() if as_of else None,
        database=database,
    )
    click.echo(evidence)


@main.command("audit-export")
@click.argument("from_on", metavar="FROM", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("to_on", metavar="TO", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder to write, new or empty.",
)
@click.option(
    "--first-month",
    type=click.IntRange(1, 12),
    help="First month of the fiscal year, for Fiscal_Year and Period; they are empty unless given.",
)
@click.option("--payroll", "with_payroll", is_flag=True, help="Add payroll, in a folder of its owner only.")
def audit_export_command(
    from_on: datetime.datetime,
    to_on: datetime.datetime,
    out: Path,
    first_month: int | None,
    with_payroll: bool,
) -> None:
    """Write the books from FROM to TO (YYYY-MM-DD, both included) as AICPA Audit Data Standards files.

    For auditors' own tools: GL_Detail, Trial_Balance, Chart_Of_Accounts, Source_Listing, User_Listing,
    Control_Totals, and SHA256SUMS over all of them. What the data do not give is empty. Reads the warehouse.
    """
    from orchestration.evidence import export_books

    books = export_books(
        Settings.from_environment(),
        from_on.date(),
        to_on.date(),
        out,
        first_month=first_month,
        with_payroll=with_payroll,
    )
    click.echo(books)


@main.command("year-end")
@click.argument("tax_year", metavar="YEAR", type=click.IntRange(2000, 2079))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write, new or empty; TIEOUT_REPORTS/year_end_YEAR unless given.",
)
def year_end_command(tax_year: int, out: Path | None) -> None:
    """Write the W-2s and the other forms of a tax YEAR as CSV files, for who prepares them. Files nothing.

    W-2, W-2_states, W-2c, Forms (W-3, 941, 940, states), Deposits, Overtime, SHA256SUMS, in a folder that its
    owner alone can read. Refused while a pay period of the year is open or its sums differ.
    """
    from orchestration.evidence import export_year

    click.echo(export_year(Settings.from_environment(), tax_year, out))


@main.command("compare-formats")
@click.argument("account_id", metavar="ACCOUNT")
@click.argument("from_on", metavar="FROM", type=click.DateTime(["%Y-%m-%d"]))
@click.argument("to_on", metavar="TO", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--formats",
    nargs=2,
    metavar="OLD NEW",
    default=("mt940", "camt.053"),
    show_default=True,
    help="What the files are recognized as.",
)
def compare_formats_command(
    account_id: str, from_on: datetime.datetime, to_on: datetime.datetime, formats: tuple[str, str]
) -> None:
    """Prove that two formats of an account give the same items, from FROM up to TO (YYYY-MM-DD, excluded).

    Amount, sign, dates, references and counterparty of each item, the days and the closing balances: what
    differs is named, and the exit code is 1. That the new format says more is no difference. Reads the
    warehouse, and all that was delivered in both formats.
    """
    from orchestration.evidence import compare_formats

    comparison = compare_formats(
        Settings.from_environment(), account_id, from_on.date(), to_on.date(), formats
    )
    click.echo(shown(str(comparison), lines=True))
    if not comparison.is_same:
        raise click.ClickException(f"{formats[0]} and {formats[1]} do not give the same items")


@main.command()
def parity() -> None:
    """Compare every mart as DuckDB and as Spark built it, row by row."""
    from orchestration.warehouse.parity import compare

    settings = Settings.from_environment()
    tables = compare(settings.warehouse, settings.spark_warehouse)
    for table in tables:
        click.echo(
            f"{'same' if table.is_equal else 'DIFFERENT':<10}{table.table:<32}{table.row_count:>9,} rows"
        )
        for line in table.sample:
            click.echo(f"          {line}")
    different = [table.table for table in tables if not table.is_equal]
    if different:
        raise click.ClickException(f"DuckDB and Spark differ in {', '.join(different)}")
    if empty := [table.table for table in tables if not table.row_count]:
        click.echo(f"nothing is proved of marts without rows: {', '.join(empty)}")


@main.command("spark-cluster")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="How many.")
@click.option("--cores", type=click.IntRange(1), default=1, show_default=True, help="Of each worker.")
@click.option(
    "--memory", metavar="SIZE", default="1g", show_default=True, help="Of each worker, as 512m or 2g."
)
def spark_cluster_command(workers: int, cores: int, memory: str) -> None:
    """Run a Spark cluster of processes on this machine, to try one (docs/spark.md).

    A master and workers, from the installed pyspark, on the loopback only. Prints what a shell needs to
    build on it. Ctrl-C ends it.
    """
    from orchestration.serve import until_stopped
    from orchestration.warehouse.spark_cluster import spark_cluster

    with until_stopped(), spark_cluster(workers, cores, memory) as cluster:
        for name, value in cluster.environment.items():
            click.echo(f"export {name}={value}")
        click.echo("dbt build --target spark --exclude-resource-type test unit_test")
        for process in cluster.processes.values():
            process.wait()


@main.command()
@click.argument("business_date", metavar="[DATE]", type=click.DateTime(["%Y-%m-%d"]), required=False)
@click.pass_context
def night(context: click.Context, business_date: datetime.datetime | None) -> None:
    """Run the whole night of a business date, as the Dagster job does.

    Collects, builds and tests as of DATE (YYYY-MM-DD; the last statement's unless given), publishes and
    closes when the controls allow it, and writes the morning page. What did not change is not built again.
    The exit code is 0 when the night ran to its end, also when a red control keeps it from being published,
    which it says last; it is 2 when it did not.
    """
    from orchestration.cli.night import run_night

    settings = Settings.from_environment()
    outcome = run_night(settings, business_date.date() if business_date else None)
    if outcome.error:
        click.echo(f"Error: {outcome.error}", err=True)
        context.exit(2)
    _print_summary(settings)
    if outcome.gate:
        click.echo(outcome.gate, err=True)


@main.command("ui")
@click.option("--port", type=click.IntRange(0, 65535), default=3000, show_default=True, help=_PORT)
def ui_command(port: int) -> None:
    """Open Dagster: the night, its history, its schedules and sensors.

    Serves 127.0.0.1 only, and prints the address that opens it in a browser. Ctrl-C ends it, and with it the
    schedules and sensors.
    """
    from orchestration.serve import Server, until_stopped

    with until_stopped():
        server = Server(Settings.from_environment(), port)
        click.echo("Starting Dagster ...", err=True)
        from orchestration.cli.ui import dagster_ui

        with dagster_ui() as app:
            click.echo(f"Dagster is on {server.address} until Ctrl-C")
            server.run(app)
            click.echo("Ending Dagster ...", err=True)


@main.command("docs")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help=_PORT)
def docs_command(port: int) -> None:
    """Make the lineage site from the warehouse as it is, and open it.

    Serves 127.0.0.1 only, and prints the address that opens it in a browser. Ctrl-C ends it.
    """
    from orchestration.cli.docs import docs_site, make_docs
    from orchestration.serve import Server, until_stopped

    with until_stopped():
        server = Server(Settings.from_environment(), port)
        click.echo("Making the lineage site, in about a minute ...", err=True)
        began = time.monotonic()
        site = docs_site(make_docs())
        click.echo(f"made in {time.monotonic() - began:.0f} s", err=True)
        click.echo(f"The lineage site is on {server.address} until Ctrl-C")
        server.run(site)


@main.command("desk")
@click.option("--port", type=click.IntRange(0, 65535), default=8070, show_default=True, help=_PORT)
@click.option("--by", "user", help="Who decides; TIEOUT_USER or the login name unless given.")
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of your private key, where you sign decisions; TIEOUT_SIGNING_KEY unless given.",
)
def desk_command(port: int, user: str | None, key_file: Path | None) -> None:
    """Open the desk: match, accept, explain and take back, by pages on which amounts and ids are picked.

    Reads the warehouse or the published copy, whichever is newer and free, and writes nothing but decision
    files, to TIEOUT_LANDING. Serves 127.0.0.1 only, and prints the address that opens it in a browser. Ctrl-C
    ends it.
    """
    import os

    from orchestration.collect.signatures import KEY_VARIABLE, private_key_of
    from orchestration.desk import desk
    from orchestration.serve import Server, until_stopped

    key = private_key_of(key_file) if key_file or os.environ.get(KEY_VARIABLE) else ""
    with until_stopped():
        settings = Settings.from_environment()
        app = desk(settings, user or acting_user(), key)
        server = Server(settings, port)
        click.echo(f"The desk is on {server.address} until Ctrl-C")
        server.run(app)


@main.command("train")
@click.argument("warehouses", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--seed-file", type=click.Path(path_type=Path), help="Write the weights learned to this file.")
@click.option("--take", is_flag=True, help="Write them to the project's seed match_weights.")
def train_command(warehouses: tuple[Path, ...], seed_file: Path | None, take: bool) -> None:
    """Learn the weights of suggestions from the matches and decisions of WAREHOUSES, and say how much better
    they are.

    Without arguments the project's own warehouse. Build it with --vars '{suggestion_pool: int_items_pool}',
    so that matched items are candidates too. One bank item of five is held back to measure on. Nothing is
    written unless told.
    """

    from orchestration.training import SEED, train, write_weights

    outcome = train(warehouses or [Settings.from_environment().warehouse])
    click.echo(f"{'on items held back':<20}{'F1':>9}{'precision':>11}{'recall':>9}{'calibration error':>19}")
    for name, measures in (("weights in use", outcome.before), ("weights learned", outcome.after)):
        click.echo(
            f"  {name:<18}{measures.f1:>9.4f}{measures.precision:>11.4f}{measures.recall:>9.4f}"
            f"{measures.calibration_error:>19.4f}   {measures.suggested:,} suggested,"
            f" {measures.true_pairs:,} true"
        )
    for target in [path for path in (seed_file, SEED if take else None) if path]:
        click.echo(f"{write_weights(outcome.weights, target):,} weights in {target}")


@main.command("bank-holidays")
def bank_holidays() -> None:
    """Write the bank holidays seed again from the holidays library."""
    from orchestration.calendars.bank_holidays import SEED, write_seed

    click.echo(f"{write_seed():,} bank holidays in {SEED}")


@main.command("settings")
def settings_command() -> None:
    """Print every setting with its default and its meaning, as docs/settings.md has them.

    What the environment gives them is not shown, because it may be secret.
    """
    from orchestration.cli.settings_page import settings_page

    click.echo(settings_page())


@main.command("commands")
def commands_command() -> None:
    """Print every command with its options, as docs/commands.md has them."""
    from orchestration.cli.commands_page import commands_page

    click.echo(commands_page(main))


@main.command("record")
@click.option(
    "--target-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where dbt left its artifacts; target/ of the project unless given.",
)
def record_command(target_dir: Path | None) -> None:
    """Append the last run of dbt to the lake: durations, rows, test failures, storage.

    Once per run. A `dbt build` that collects records the run before it by itself.
    """
    from orchestration.warehouse.record import TARGET_DIR, record_run

    click.echo(record_run(Settings.from_environment(), target_dir or TARGET_DIR))


@main.command("alert")
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send and record nothing.")
def alert_command(dry_run: bool) -> None:
    """Tell of failed runs, red controls, late sources, quarantined files, formats that end and anomalies.

    To each address of TIEOUT_ALERT_URLS, once until TIEOUT_ALERT_REPEAT_HOURS have passed; to the console
    when there is none.
    """
    from orchestration.monitor.alerts import alert

    settings = Settings.from_environment()
    outcome = alert(settings, dry_run=dry_run)
    if dry_run or not settings.alert_urls:
        for message in outcome.sent:
            click.echo(f"{message.title}\n{message.body}\n")
    if dry_run:
        click.echo("nothing was sent")
    elif settings.alert_urls:
        click.echo(outcome)
    elif not outcome.sent:
        click.echo("nothing to tell")
    if outcome.failed:
        raise click.ClickException(
            f"{', '.join(outcome.failed)} of TIEOUT_ALERT_URLS took no message: check the address and that it"
            " can be reached; the next alert tells it again"
        )


@main.command("verify")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    help="The 64 characters of a link, as a page, a close or a mail has them; more than once for more.",
)
@click.option("--accept", "reason", help="Why what was found is as it is: it is told, and no longer fails.")
@click.option("--by", help="Who accepts; TIEOUT_USER or the login name unless given.")
def verify_command(anchors: tuple[str, ...], reason: str | None, by: str | None) -> None:
    """Prove that nothing of the lake, the payment files and the published copy was changed.

    Reads every byte and walks the chain of hashes, and names each file, row and link that was edited,
    removed, added, replayed or cut off. Anchors that other places hold are tried too: the closes, the
    published versions, and what the last collection saw. The exit code is 1 when something was found that
    nobody accepted.
    """
    from orchestration.verify import accept, verify

    settings = Settings.from_environment()
    given = [_hash_of_link(anchor) for anchor in anchors]
    found = verify(settings, given)
    if reason and found.open:
        accepted = accept(settings, found, reason, by or acting_user())
        # An anchor too, or the acceptance would stand behind all of them.
        found = verify(settings, [*given, accepted] if given else [])
    click.echo(found)
    if found.open:
        raise click.ClickException(
            f"{len(found.open):,} findings that nobody accepted (docs/runbook.md, The lake was altered)"
        )


def _hash_of_link(text: str) -> str:
    """A hash as a page or a mail has it, with the number of its link behind it or not."""
    hash_ = text.strip().split(" ")[0].lower()
    if not re.fullmatch("[0-9a-f]{64}", hash_):
        raise click.BadParameter(f"{text!r} is not the 64 characters of a link", param_hint="--anchor")
    return hash_


def _print_summary(settings: Settings) -> None:
    from orchestration.lake.chain import head
    from orchestration.report.summary import summarize

    click.echo(summarize(settings.warehouse))
    click.echo(f"Chain      {head(settings.lake, settings.chain_key)}")
