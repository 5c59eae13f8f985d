"""The ledger's database over TLS: required and verified where it is asked for, against a real server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy

from orchestration.collect import LedgerUnavailableError, collect
from orchestration.collect.ledger_database import LedgerDatabase
from orchestration.settings import Settings, SettingsError

if shutil.which("openssl") is None:
    pytest.skip("Left out: TLS, for want of openssl, which makes the certificates", allow_module_level=True)

TABLES = [
    "create table tls.journal_lines (entry_id text, line_no int, posted_on date, gl_account text,"
    " amount numeric(18, 2), currency char(3), reference text, counterparty text, memo text,"
    " document_type text, recorded_at timestamptz)",
    "create table tls.accounts (gl_account text, name text, type text, currency text, bank_account text)",
    "insert into tls.journal_lines values ('E1', 1, '2026-01-05', '1000', 1.00, 'EUR', '', '', '', '',"
    " '2026-01-05T08:00:00Z')",
]


def _certificate(folder: Path, name: str, signer: Path | None, extension: str) -> Path:
    """A certificate as <name>.pem with its key as <name>.key, signed by another or by itself."""
    request = ["-subj", f"/CN={name}", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    by = ["-CA", signer, "-CAkey", signer.with_suffix(".key")] if signer else []
    subprocess.run(
        [
            *("openssl", "req", "-x509", *request, "-days", "30", "-addext", extension, *by),
            *("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"),
        ],
        check=True,
        capture_output=True,
    )
    return folder / f"{name}.pem"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """authority.pem, and what it signed: server.pem for 127.0.0.1, other.pem for another machine."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = _certificate(folder, "authority", None, "basicConstraints=critical,CA:true")
    _certificate(folder, "server", authority, "subjectAltName=IP:127.0.0.1")
    _certificate(folder, "other", authority, "subjectAltName=DNS:elsewhere.example")
    return folder


class Server:
    """The server of the tests, of which TLS can be turned on and off."""

    def __init__(self, url: str, certificates: Path) -> None:
        self.url = url
        self._certificates = certificates
        self._engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+pg8000:"))

    def run(self, *statements: str) -> list:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            return [connection.execute(sqlalchemy.text(statement)) for statement in statements]

    def show(self, name: str | None) -> None:
        """Show the certificate of the name, or none, to new connections."""
        if name is None:
            self.run("alter system set ssl = off", "select pg_reload_conf()")
            return
        (folder,) = self.run("show data_directory")[0].one()
        for suffix in ("pem", "key"):
            copy = Path(folder) / f"{name}.{suffix}"
            shutil.copy(self._certificates / copy.name, copy)
            copy.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(copy, pwd.getpwuid(Path(folder).stat().st_uid).pw_name)
        self.run(
            f"alter system set ssl_cert_file = '{name}.pem'",
            f"alter system set ssl_key_file = '{name}.key'",
            "alter system set ssl = on",
            "select pg_reload_conf()",
        )

    def close(self) -> None:
        self.show(None)
        self.run("drop schema tls cascade")
        self._engine.dispose()


@pytest.fixture(scope="module")
def server(postgres_url: str, certificates: Path) -> Iterator[Server]:
    server = Server(postgres_url, certificates)
    server.run("create schema tls", *TABLES)
    yield server
    server.close()


@pytest.fixture
def zone(settings: Settings, server: Server) -> Settings:
    return replace(settings, ledger_url=server.url, ledger_schema="tls")


def test_a_server_whose_authority_is_given_is_read(
    zone: Settings, server: Server, certificates: Path
) -> None:
    server.show("server")
    assert collect(replace(zone, ledger_ca=certificates / "authority.pem")).rows["journal_lines"] == 1


@pytest.mark.parametrize(
    ("shown", "authority", "mode", "reason"),
    [
        ("server", None, "?sslmode=require", "certificate verify failed"),
        ("server", "other.pem", "", "certificate verify failed"),
        ("other", "authority.pem", "", "IP address mismatch"),
        ("other", "authority.pem", "?sslmode=verify-ca", "IP address mismatch"),
        (None, "authority.pem", "", "refuses SSL"),
        (None, None, "?sslmode=verify-full", "refuses SSL"),
    ],
)
def test_a_server_that_proves_nothing_is_not_read(
    zone: Settings,
    server: Server,
    certificates: Path,
    shown: str | None,
    authority: str | None,
    mode: str,
    reason: str,
) -> None:
    server.show(shown)
    zone = replace(
        zone, ledger_url=server.url + mode, ledger_ca=certificates / authority if authority else None
    )
    with pytest.raises(LedgerUnavailableError, match=reason):
        collect(zone)


@pytest.fixture
def elsewhere(zone: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same server, as if it were another machine's."""
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: resolve("127.0.0.1", *rest, **more)
    )
    return replace(zone, ledger_url=zone.ledger_url.replace("127.0.0.1", "ledger.example"))


@pytest.mark.parametrize("shown", ["server", None])
def test_a_server_on_another_machine_is_read_over_tls_alone(
    elsewhere: Settings, server: Server, shown: str | None
) -> None:
    server.show(shown)
    with pytest.raises(LedgerUnavailableError, match=r"sslmode=disable in TIEOUT_LEDGER_URL lets everybody"):
        collect(elsewhere)
    plain = replace(elsewhere, ledger_url=f"{elsewhere.ledger_url}?sslmode=disable")
    assert collect(plain).rows["journal_lines"] == 1


@pytest.mark.parametrize(
    ("host", "is_asked"),
    [
        ("127.0.0.1", False), ("localhost", False), ("[::1]", False), ("127.8.8.8", False), ("", False),
        ("ledger.example", True), ("127.0.0.1.ledger.example", True), ("10.0.0.1", True), ("0.0.0.0", True),
        ("2130706433", True), ("[::ffff:10.0.0.1]", True), ("localhost.example", True),
    ],
)  # fmt: skip
def test_tls_is_asked_for_by_where_the_server_is(host: str, is_asked: bool) -> None:
    database = LedgerDatabase(f"postgresql://ann:secret@{host}/books", None)
    arguments = database._engine.dialect.create_connect_args(database._url)
    assert "sslmode" not in arguments[1]
    assert database._is_verified is is_asked


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mode": "?sslmode=prefer"}, "sslmode is none of require, verify-ca, verify-full"),
        ({"mode": "?sslmode=disable", "ledger_ca": Path("/x.pem")}, "sslmode=disable asks for none"),
        ({"ledger_ca": Path("/nowhere.pem")}, "/nowhere.pem is no PEM file of certificates"),
        ({"ledger_ca": Path(__file__)}, "test_ledger_tls.py is no PEM file of certificates"),
    ],
)
def test_settings_that_cannot_be_used(zone: Settings, changes: dict, message: str) -> None:
    mode = changes.pop("mode", "")
    with pytest.raises(SettingsError, match=message):
        collect(replace(zone, ledger_url=f"{zone.ledger_url}{mode}", **changes))
