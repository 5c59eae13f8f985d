"""What each format calls each kind of movement."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

Code = TypeVar("Code", str, tuple[str, str, str])


class Codes(NamedTuple):
    """The codes of one activity, as (credit, debit) pairs. camt: domain, family and sub-family."""

    bai2: tuple[str, str]
    ofx: tuple[str, str]
    mt940_type: str
    german_code: tuple[str, str]
    german_text: str
    camt: tuple[tuple[str, str, str], tuple[str, str, str]]


_TRANSFER_CAMT = (("PMNT", "RCDT", "ESCT"), ("PMNT", "ICDT", "ESCT"))
CODES: dict[str, Codes] = {
    "transfer_of_money": Codes(
        ("165", "455"),
        ("DIRECTDEP", "DIRECTDEBIT"),
        "TRF",
        ("166", "116"),
        "SEPA UEBERWEISUNG",
        _TRANSFER_CAMT,
    ),
    "wire": Codes(
        ("195", "495"),
        ("CREDIT", "DEBIT"),
        "TRF",
        ("169", "119"),
        "EILUEBERWEISUNG",
        (("PMNT", "RCDT", "XBCT"), ("PMNT", "ICDT", "XBCT")),
    ),
    "cheque": Codes(
        ("175", "475"),
        ("CHECK", "CHECK"),
        "CHK",
        ("170", "101"),
        "SCHECK",
        (("PMNT", "RCHQ", "CCHQ"), ("PMNT", "ICHQ", "CCHQ")),
    ),
    "deposit": Codes(
        ("301", "475"),
        ("DEP", "DEBIT"),
        "MSC",
        ("182", "183"),
        "EINZAHLUNG",
        (("PMNT", "CNTR", "CDPT"), ("PMNT", "CNTR", "CWDL")),
    ),
    "card": Codes(
        ("165", "455"),
        ("POS", "POS"),
        "TRF",
        ("166", "106"),
        "KARTENUMSATZ",
        (("PMNT", "MCRD", "POSC"), ("PMNT", "CCRD", "POSD")),
    ),
    "direct_debit": Codes(
        ("165", "455"),
        ("DIRECTDEP", "DIRECTDEBIT"),
        "DDT",
        ("192", "105"),
        "SEPA LASTSCHRIFT",
        (("PMNT", "IDDT", "ESDD"), ("PMNT", "RDDT", "ESDD")),
    ),
    "batch": Codes(
        ("165", "455"), ("CREDIT", "DEBIT"), "TRF", ("166", "191"), "SAMMELAUFTRAG", _TRANSFER_CAMT
    ),
    "fee": Codes(
        ("398", "698"),
        ("SRVCHG", "SRVCHG"),
        "CHG",
        ("808", "808"),
        "ENTGELT",
        (("ACMT", "MCOP", "CHRG"), ("ACMT", "MDOP", "CHRG")),
    ),
    "interest": Codes(
        ("354", "654"),
        ("INT", "INT"),
        "INT",
        ("814", "814"),
        "ZINSEN",
        (("ACMT", "MCOP", "INTR"), ("ACMT", "MDOP", "INTR")),
    ),
    "own_transfer": Codes(
        ("206", "506"),
        ("XFER", "XFER"),
        "TRF",
        ("166", "116"),
        "UMBUCHUNG",
        (("PMNT", "RCDT", "BOOK"), ("PMNT", "ICDT", "BOOK")),
    ),
    "return": Codes(
        ("257", "557"),
        ("CREDIT", "DEBIT"),
        "RTI",
        ("159", "109"),
        "RUECKGABE",
        (("PMNT", "ICDT", "RRTN"), ("PMNT", "IDDT", "UPDD")),
    ),
}


def signed(pair: tuple[Code, Code], amount: int) -> Code:
    """The credit or the debit code, by the sign of the amount."""
    return pair[0] if amount >= 0 else pair[1]
