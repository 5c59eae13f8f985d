"""What Tieout depends on: each package that is asked for is explained, and each of the lock may be used."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest

from orchestration.settings import PROJECT_DIR

PYPROJECT = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())
EXTRAS = PYPROJECT["project"]["optional-dependencies"]


def versions(lock: str) -> set[tuple[str, str]]:
    """The packages of a lock with their versions; of one that differs by the machine each."""
    text = (PROJECT_DIR / lock).read_text()
    assert "://" not in text  # hashes, no addresses
    return set(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.MULTILINE))


LOCKED = {package for package, _ in versions("requirements.lock")}
# The words of a licence that asks for no more than its text and its notice, in a package's own spelling.
FREE = re.compile(
    r"(MIT|MIT-(0|CMU)|0BSD|BSD|BSD-[23]-Clause|3-Clause BSD|Apache-2\.0|Apache Software|PSF-2\.0|CNRI-Python"
    r"|Zlib|CC0-1\.0|MPL-2\.0|Python Software Foundation"
    r"|ISC License \(ISCL\)|Mozilla Public License 2\.0 \(MPL 2\.0\))"
    r"( License)?"
)
# May be used under one of several licences, of which this is taken. Of docutils only a file for Emacs is GPL.
CHOSEN = {"text-unidecode": "Artistic License", "simplejson": "MIT", "docutils": "BSD License"}


def asked_for() -> set[str]:
    """The packages that pyproject.toml names."""
    asked = [PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"].values()]
    return {re.match(r"[A-Za-z0-9_.-]+", name).group() for names in asked for name in names}


def licence(package: str) -> str:
    """What a package says of its licence: as an expression, or by its classifiers, or in a word."""
    told = metadata.metadata(package)
    classifiers = [text.split(" :: ") for text in told.get_all("Classifier") or [] if "License ::" in text]
    names = ", ".join(parts[-1] for parts in classifiers if parts[-1] != "OSI Approved")
    return told.get("License-Expression") or names or told.get("License") or "not told"


def is_free(text: str) -> bool:
    """Whether each licence of an expression or a list is a free one."""
    parts = re.split(r", | AND | OR ", text.replace("(Apache-2.0 OR MIT)", "Apache-2.0 OR MIT"))
    return all(FREE.fullmatch(part) for part in parts)


def test_the_list_has_each_package_that_is_asked_for_with_its_licence() -> None:
    page = (PROJECT_DIR / "docs" / "dependencies.md").read_text().split("## To read the text of pictures")[0]
    listed = dict(re.findall(r"^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE))
    assert listed == {package: licence(package) for package in asked_for()}


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_is_asked_for_has_a_lock_that_changes_nothing_of_the_first(extra: str) -> None:
    locked = versions(f"requirements-{extra}.lock")
    names = {package for package, _ in locked}
    assert names >= {re.match(r"[A-Za-z0-9_.-]+", name).group() for name in EXTRAS[extra]}
    shared = {one for one in versions("requirements.lock") if one[0] in names}
    assert shared and {one for one in locked if one[0] in LOCKED} <= shared


def test_each_package_of_a_lock_may_be_used() -> None:
    installed = {re.sub(r"[-_.]+", "-", each.name).lower() for each in metadata.distributions()}
    asked = {package for extra in EXTRAS for package, _ in versions(f"requirements-{extra}.lock")}
    told = {package: licence(package) for package in (LOCKED | asked) & installed}
    assert len(told) > 150  # the others are for other machines
    chosen = {each for each in CHOSEN.keys() & told if CHOSEN[each] in re.split(r", | OR ", told[each])}
    assert {package: text for package, text in told.items() if not is_free(text)}.keys() == chosen


@pytest.mark.parametrize(
    "text", ["GPL-3.0", "MIT AND GPL-2.0", "AGPL", "Proprietary", "not told", "SSPL, MIT", "LGPLv3"]
)
def test_another_licence_is_not_free(text: str) -> None:
    assert not is_free(text)
