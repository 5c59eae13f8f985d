"""Whatever the bytes, a reader gives rows or UnreadableFile, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scale import times

from orchestration.collect.readers import load_csv_profiles, read
from orchestration.lake.errors import UnreadableFile

SAMPLES = Path(__file__).parents[1] / "samples"
PROFILES = load_csv_profiles(Path(__file__).parents[3] / "seeds" / "reference" / "csv_profiles.csv")
CONTENTS = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
CONTENTS += [(SAMPLES.parent / "samples_csv" / f"{code}.csv").read_bytes() for code in ("ubs_ch", "revolut")]
STARTS = [
    b"",
    b"<Document><BkToCstmrStmt>",
    b":20:\n",
    b"01,a,b,",
    b"OFXHEADER:100<OFX>",
    b"\xff\xfe",
    b"a,b",
]
fuzz = settings(max_examples=times(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reads_or_refuses(content: bytes) -> None:
    try:
        for row in read(io.BytesIO(content), PROFILES, "bank/account=7/x.csv"):
            assert row.statement_number >= 1
    except UnreadableFile as error:
        assert error.reason


@pytest.mark.drawn
@fuzz
@given(st.sampled_from(STARTS), st.binary(max_size=400))
def test_random_bytes(start, tail):
    reads_or_refuses(start + tail)


@pytest.mark.drawn
@fuzz
@given(st.sampled_from(CONTENTS), st.data())
def test_truncations(content, data):
    reads_or_refuses(content[: data.draw(st.integers(0, len(content)))])


@pytest.mark.drawn
@fuzz
@given(st.sampled_from(CONTENTS), st.data())
def test_mutations(content, data):
    at = data.draw(st.integers(0, len(content)))
    cut = data.draw(st.integers(0, 12))
    alphabet = st.sampled_from([*b"0123456789,./:;-<>&\"'\n\r\x00 CDREV", 0xC3, 0xFF])
    middle = bytes(data.draw(st.lists(alphabet, max_size=8)))
    reads_or_refuses(content[:at] + middle + content[at + cut :])


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16", "utf-32", "utf-7"])
def test_other_encodings(content, encoding):
    reads_or_refuses(content.decode("utf-8", "replace").encode(encoding))
