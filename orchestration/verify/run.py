"""One verification: the chain, every file of the lake, and the copies outside it that a link knows of."""

from __future__ import annotations

import contextlib
import errno
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestration.lake.altered_rows import altered_rows
from orchestration.lake.chain import NOTHING, append_link, head
from orchestration.lake.disk import plain_bytes
from orchestration.lake.load import recover, utc_now
from orchestration.lake.lock import lake_lock
from orchestration.lake.proof import Finding, Proof, accepted, prove, seen_file
from orchestration.outside import shown
from orchestration.settings import Settings, SettingsError
from orchestration.verify.appended import rows_as_appended
from orchestration.verify.packs import other_packs
from orchestration.verify.payments import altered_payments
from orchestration.verify.publications import altered_publications, published_heads

# How an anchor is called that somebody gave, where others are found in what may have been altered.
_GIVEN = "anchor "


@dataclass(frozen=True)
class Verification:
    """What was found. rows: what is known of the rows of a finding. anchors: which link each one is, by name.
    has_key: whether who wrote a keyed link could be told.

    open: the findings that nobody accepted.
    """

    proof: Proof
    rows: dict[Finding, list[str]]
    anchors: dict[str, int]
    has_key: bool

    @property
    def open(self) -> list[Finding]:
        """The findings that nobody accepted."""
        return self.proof.open

    def __str__(self) -> str:
        # What links and rows say of themselves, anybody may have written.
        return "\n".join(map(shown, self._lines()))

    def _lines(self) -> Iterator[str]:
        for finding in self.proof.findings:
            reason = self.proof.accepted.get(str(finding))
            yield f"{finding}{f'; accepted: {reason}' if reason else ''}"
            yield from (f"    {line}" for line in self.rows.get(finding, ()))
        links = self.proof.links
        files = {file["path"] for link in links for file in link.body["files"]}
        yield f"{len(links):,} links, {len(files):,} files, {len(self.proof.findings):,} findings"
        for link in links[:1]:
            if link.body["kind"] == "found":
                yield f"the chain begins at {link.body['at']} with what was there: before, nothing is proved"
        keyed = [link for link in links if link.body["is_keyed"]]
        if keyed and not self.has_key:
            yield "links are keyed: without TIEOUT_CHAIN_KEY only anchors prove them"
        elif self.has_key and len(keyed) < len(links):
            yield f"{len(links) - len(keyed):,} links are not keyed: only anchors prove them"
        for name, number in self.anchors.items():
            yield f"{name} is link {number}"
        given = [number for name, number in self.anchors.items() if name.startswith(_GIVEN)]
        behind = Counter(link.body["kind"] for link in links if given and link.number > max(given))
        if behind:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(behind.items()))
            yield f"behind the anchors, so that they prove none of it: {kinds}"
        yield f"head {self.proof.head}"


def verify(settings: Settings, anchors: Sequence[str] = ()) -> Verification:
    """Prove everything against the chain, and the chain against anchors given and found elsewhere.

    Where anchors are given, an acceptance behind all of them counts for nothing: whoever can write to the
    lake can write one. Writes nothing, and waits for who appends at the moment where it may write. Raises
    LakeBusyError and SettingsError.
    """
    if not settings.lake.is_dir():
        raise SettingsError(f"there is no lake at {settings.lake}: set TIEOUT_LAKE")
    with _undisturbed(settings):
        proof = prove(settings.lake, settings.chain_key)
        known = {f"{_GIVEN}{number}": anchor for number, anchor in enumerate(anchors, start=1)} | dict(
            _witnesses(settings, proof)
        )
        numbers = {NOTHING: 0} | {link.hash: link.number for link in proof.links}
        last = max(numbers.get(anchor, 0) for anchor in anchors or known.values() or [NOTHING])
        if anchors:
            proof = proof._replace(accepted=accepted(link for link in proof.links if link.number <= last))
        findings = [
            *(
                Finding(name, f"{hash_} is no link: the chain was cut off or rewritten")
                for name, hash_ in known.items()
                if hash_ not in numbers
            ),
            *proof.findings,
            *other_packs(settings.lake, proof, last),
            *altered_payments(settings, proof),
            *altered_publications(settings, proof.links),
        ]
        stating = {file["path"]: link for link in proof.links for file in link.body["files"]}
        rows = {
            finding: altered_rows(
                settings.lake, finding.subject, stating[finding.subject], settings.chain_key
            )
            for finding in proof.findings
            if finding.what.startswith("was edited")
            and finding.subject in stating
            and not finding.subject.startswith("_packs/")
        }
    anchored = {name: numbers[hash_] for name, hash_ in known.items() if hash_ in numbers}
    return Verification(proof._replace(findings=findings), rows, anchored, settings.chain_key is not None)


def accept(
    settings: Settings,
    verification: Verification,
    reason: str,
    by: str,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> str:
    """Append a link that holds the open findings with the reason, and return its hash, a new anchor.

    They are told ever after, with the reason, and hinder nothing. Raises LakeDamagedError where the newest
    link itself was altered, LakeBusyError and SettingsError.
    """
    findings = [str(finding) for finding in verification.open]
    with lake_lock(settings.lake, settings.lock_timeout_seconds):
        recover(settings, clock())
        append_link(
            settings.lake, "acceptance", clock(), settings.chain_key, findings=findings, reason=reason, by=by
        )
        return head(settings.lake, settings.chain_key).hash


def _witnesses(settings: Settings, proof: Proof) -> Iterable[tuple[str, str]]:
    """Heads of the chain that other places hold, by where they stand."""
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        seen = json.loads(plain_bytes(seen_file(settings)))
        if seen["lake"] == str(settings.lake) and seen["head"][0]:
            yield "what the last collection saw", str(seen["head"][1])
    for dataset, name in (("closes", "closed_on"), ("payroll_closes", "pay_period_id")):
        for close in rows_as_appended(settings.lake, proof, dataset, [name, "chain_head"]):
            # Of before closes held heads.
            if close.get("chain_head"):
                yield f"the close of {close[name]}", close["chain_head"]
    yield from published_heads(settings)


@contextlib.contextmanager
def _undisturbed(settings: Settings) -> Iterator[None]:
    """Keep others from appending meanwhile; on a copy that cannot be written nobody does."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lake_lock(settings.lake, settings.lock_timeout_seconds))
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EROFS):
                raise
        yield
