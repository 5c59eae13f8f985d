"""CAMT.053.001.08 statements and CAMT.052.001.08 intraday reports (ISO 20022)."""

from __future__ import annotations

import datetime

from orchestration.demo import company
from orchestration.demo.bank import BankLine, Detail, Statement
from orchestration.demo.money import plain
from orchestration.demo.statements.codes import CODES, signed

_HEADER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">\n'
)


def write(statement: Statement, delivery: int) -> bytes:
    """A booked statement. A later delivery has another message id and creation time."""
    account = statement.account
    end_on = statement.period_end_on
    created_at = (
        f"{end_on}T21:30:00Z" if delivery == 0 else f"{end_on + datetime.timedelta(days=delivery)}T06:15:00Z"
    )
    is_extra = statement.sequence_number is None
    kind = "WEEK" if is_extra else "DAY"
    sequence = "" if is_extra else f"<ElctrncSeqNb>{statement.sequence_number}</ElctrncSeqNb>"
    message_id = f"{account.reference_prefix}{kind}{end_on:%Y%m%d}{delivery}"
    parts = [
        _HEADER.format(message="camt.053.001.08"),
        f"<BkToCstmrStmt>\n{_group_header(message_id, created_at)}"
        f"<Stmt><Id>{account.reference_prefix}-{kind}-{statement.period_start_on:%Y%m%d}</Id>{sequence}"
        f"<CreDtTm>{created_at}</CreDtTm>"
        f"<FrToDt><FrDtTm>{statement.period_start_on}T00:00:00Z</FrDtTm>"
        f"<ToDtTm>{end_on}T23:59:59Z</ToDtTm></FrToDt>\n",
        _account(statement),
        _balance("OPBD", statement.opening_balance, account.currency, statement.period_start_on),
        _balance("CLBD", statement.closing_balance, account.currency, end_on),
        _summary(statement.lines),
    ]
    parts += [_entry(line, "BOOK") for line in statement.lines]
    parts.append("</Stmt>\n</BkToCstmrStmt>\n</Document>\n")
    return "".join(parts).encode("utf-8")


def write_intraday(statement: Statement) -> bytes:
    """An intraday report of entries that are still pending; its balances are not reported."""
    account = statement.account
    day = statement.period_end_on
    created_at = f"{day}T15:00:00Z"
    parts = [
        _HEADER.format(message="camt.052.001.08"),
        f"<BkToCstmrAcctRpt>\n{_group_header(f'{account.reference_prefix}INTRA{day:%Y%m%d}', created_at)}"
        f"<Rpt><Id>{account.reference_prefix}-INTRA-{day:%Y%m%d}</Id><CreDtTm>{created_at}</CreDtTm>\n",
        _account(statement),
    ]
    parts += [_entry(line, "PDNG") for line in statement.lines]
    parts.append("</Rpt>\n</BkToCstmrAcctRpt>\n</Document>\n")
    return "".join(parts).encode("utf-8")


def _group_header(message_id: str, created_at: str) -> str:
    return f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{created_at}</CreDtTm></GrpHdr>\n"


def _account(statement: Statement) -> str:
    account = statement.account
    return (
        f"<Acct><Id><IBAN>{account.number}</IBAN></Id><Ccy>{account.currency}</Ccy>"
        f"<Ownr><Nm>{company.OWN['EUR'].name}</Nm></Ownr>"
        f"<Svcr><FinInstnId><BICFI>{company.EUR_BANK_BIC}</BICFI></FinInstnId></Svcr></Acct>\n"
    )


def _balance(code: str, amount: int, currency: str, day: datetime.date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount, currency)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def _amount(amount: int, currency: str) -> str:
    indicator = "CRDT" if amount >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{plain(abs(amount))}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>'


def _summary(lines: list[BankLine]) -> str:
    credits = [line.amount for line in lines if line.amount >= 0]
    debits = [-line.amount for line in lines if line.amount < 0]
    return (
        f"<TxsSummry><TtlCdtNtries><NbOfNtries>{len(credits)}</NbOfNtries><Sum>{plain(sum(credits))}</Sum>"
        f"</TtlCdtNtries><TtlDbtNtries><NbOfNtries>{len(debits)}</NbOfNtries><Sum>{plain(sum(debits))}</Sum>"
        "</TtlDbtNtries></TxsSummry>\n"
    )


def _entry(line: BankLine, status: str) -> str:
    domain, family, sub_family = signed(CODES[line.activity].camt, line.amount)
    currency = line.account.currency
    reversal = "<RvslInd>true</RvslInd>" if line.is_return else ""
    batch = ""
    if line.details:
        identifier = f"<PmtInfId>{line.reference}</PmtInfId>" if line.reference else ""
        batch = f"<Btch>{identifier}<NbOfTxs>{len(line.details)}</NbOfTxs>{_amount_of_batch(line)}</Btch>"
        details = "".join(
            _detail(detail, currency, f"{line.bank_reference}-{number}")
            for number, detail in enumerate(line.details, start=1)
        )
    else:
        only = Detail(line.amount, line.reference, line.counterparty, line.memo)
        details = _detail(
            only,
            currency,
            line.bank_reference,
            extra=_exchange(line) + _charges(line),
            is_return=line.activity == "return",
        )
    return (
        f"<Ntry>{_amount(line.amount, currency)}{reversal}<Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>{line.booked_on}</Dt></BookgDt><ValDt><Dt>{line.value_on}</Dt></ValDt>"
        f"<AcctSvcrRef>{line.bank_reference}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly>"
        f"</Domn></BkTxCd><NtryDtls>{batch}{details}</NtryDtls></Ntry>\n"
    )


def _amount_of_batch(line: BankLine) -> str:
    indicator = "CRDT" if line.amount >= 0 else "DBIT"
    return (
        f'<TtlAmt Ccy="{line.account.currency}">{plain(abs(line.amount))}</TtlAmt>'
        f"<CdtDbtInd>{indicator}</CdtDbtInd>"
    )


def _exchange(line: BankLine) -> str:
    exchange = line.exchange
    if exchange is None:
        return ""
    currency = line.account.currency
    return (
        f'<AmtDtls><InstdAmt><Amt Ccy="{exchange.currency}">{plain(exchange.amount)}</Amt></InstdAmt>'
        f'<TxAmt><Amt Ccy="{currency}">{plain(abs(line.amount))}</Amt>'
        f"<CcyXchg><SrcCcy>{exchange.currency}</SrcCcy><TrgtCcy>{currency}</TrgtCcy>"
        f"<UnitCcy>{exchange.unit_currency}</UnitCcy><XchgRate>{exchange.rate}</XchgRate></CcyXchg>"
        "</TxAmt></AmtDtls>"
    )


def _charges(line: BankLine) -> str:
    if not line.charges:
        return ""
    amount = f'Ccy="{line.account.currency}">{plain(line.charges)}'
    return (
        f"<Chrgs><TtlChrgsAndTaxAmt {amount}</TtlChrgsAndTaxAmt>"
        f"<Rcrd><Amt {amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>"
    )


def _detail(
    detail: Detail, currency: str, servicer_reference: str, *, extra: str = "", is_return: bool = False
) -> str:
    """One TxDtls. extra: what stands between its amount and its parties."""
    partner = detail.counterparty
    # The other party is the debtor of money that comes in, and the creditor of money that goes out.
    party = "Dbtr" if detail.amount >= 0 else "Cdtr"
    name = partner.name.replace("&", "&amp;")
    account = f"<{party}Acct><Id><IBAN>{partner.account}</IBAN></Id></{party}Acct>" if partner.account else ""
    remittance = f"<RmtInf><Ustrd>{detail.memo}</Ustrd></RmtInf>" if detail.memo else ""
    returned = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if is_return else ""
    return (
        f"<TxDtls><Refs><AcctSvcrRef>{servicer_reference}</AcctSvcrRef>"
        f"<EndToEndId>{detail.reference or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{_amount(detail.amount, currency)}{extra}"
        f"<RltdPties><{party}><Pty><Nm>{name}</Nm></Pty></{party}>{account}</RltdPties>"
        f"{remittance}{returned}</TxDtls>"
    )
