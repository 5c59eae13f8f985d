"""What Tieout depends on: each package that is asked for is explained, and each of the lock may be used."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest

from orchestration.settings import PROJECT_DIR

LOCKED = re.findall(r"^([A-Za-z0-9_.-]+)==", (PROJECT_DIR / "requirements.lock").read_text(), re.MULTILINE)
# The words of a licence that asks for no more than its text and its notice, in a package's own spelling.
FREE = re.compile(
    r"(MIT|MIT-(0|CMU)|0BSD|BSD|BSD-[23]-Clause|3-Clause BSD|Apache-2\.0|Apache Software|PSF-2\.0|CNRI-Python"
    r"|MPL-2\.0|Python Software Foundation|ISC License \(ISCL\)|Mozilla Public License 2\.0 \(MPL 2\.0\))"
    r"( License)?"
)
# May be used under one of several licences, of which this is taken.
CHOSEN = {"text-unidecode": "Artistic License", "simplejson": "MIT"}


def asked_for() -> set[str]:
    """The packages that pyproject.toml names."""
    project = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())
    asked = [project["project"]["dependencies"], *project["dependency-groups"].values()]
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


def test_each_package_of_the_lock_may_be_used() -> None:
    installed = {re.sub(r"[-_.]+", "-", each.name).lower() for each in metadata.distributions()}
    told = {package: licence(package) for package in LOCKED if package in installed}
    assert len(told) > 150  # the others are for other machines
    chosen = {package for package, one in CHOSEN.items() if one in re.split(r", | OR ", told[package])}
    assert {package: text for package, text in told.items() if not is_free(text)}.keys() == chosen


@pytest.mark.parametrize(
    "text", ["GPL-3.0", "MIT AND GPL-2.0", "AGPL", "Proprietary", "not told", "SSPL, MIT", "LGPLv3"]
)
def test_another_licence_is_not_free(text: str) -> None:
    assert not is_free(text)
