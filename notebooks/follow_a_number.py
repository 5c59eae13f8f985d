"""Follow one number of a reconciliation back to its file and line."""

import marimo

app = marimo.App(width="medium", app_title="Follow a number to its line")


@app.cell
def _():
    import hashlib
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo

    published = Path(os.environ.get("TIEOUT_PUBLISHED", "published"), "current", "tieout.duckdb").resolve()
    warehouse = Path(os.environ.get("TIEOUT_WAREHOUSE", "warehouse/tieout.duckdb")).resolve()
    landing = Path(os.environ.get("TIEOUT_LANDING", "landing")).resolve()
    # A night with a red that nobody accepted is not published; what is asked then is why.
    books = duckdb.connect(str(published if published.exists() else warehouse), read_only=True)
    return books, hashlib, landing, mo


@app.cell
def _(mo):
    mo.md("""
    # Follow a number to its line

    The page for the morning says how much stands unbooked or outstanding on an account. That is a sum of
    items, an item is a line of a statement, and a line has a file: each step asks the marts.
    """)
    return


@app.cell
def _(books, mo):
    _accounts = dict(
        books.sql("select account_name, account_id from marts.dim_accounts order by account_name").fetchall()
    )
    account = mo.ui.dropdown(
        _accounts,
        value="Operating account USD" if "Operating account USD" in _accounts else next(iter(_accounts)),
        label="Account",
    )
    account
    return (account,)


@app.cell
def _(account, books, mo):
    statement = books.execute(
        """
        select as_of_on, balance_per_bank, deposits_in_transit, outstanding_payments, unbooked_bank_items,
            statement_gaps, balance_per_books
        from marts.fct_bank_reconciliations where account_id = $account order by as_of_on desc limit 1
        """,
        {"account": account.value},
    ).pl()
    mo.md("## 1. The number: bank lines that the books do not show")
    return (statement,)


@app.cell
def _(statement):
    statement
    return


@app.cell
def _(account, books, mo, statement):
    items = books.execute(
        """
        select item_on, amount, counterparty, memo, file_hash, line_number
        from marts.fct_reconciliation_items
        where account_id = $account and side = 'bank' and match_id is null and counted_on <= $as_of
            and item_kind not in ('opening_balance', 'statement_gap')
        order by abs(amount) desc, item_id
        """,
        {"account": account.value, "as_of": statement["as_of_on"][0]},
    ).pl()
    assert items["amount"].sum() == statement["unbooked_bank_items"][0]
    mo.md(f"## 2. Its items: {len(items)}, which add up to it, {items['amount'].sum():,.2f}")
    return (items,)


@app.cell
def _(items):
    items
    return


@app.cell
def _(books, items, mo):
    delivered = items.drop_nulls("file_hash")
    mo.stop(delivered.is_empty(), mo.md("No line of a statement is open on this account."))
    line = books.execute(
        """
        select file_path, line_number, booked_on, amount, memo, file_hash from marts.fct_bank_statement_lines
        where file_hash = $file_hash and line_number = $line_number
        """,
        {"file_hash": delivered["file_hash"][0], "line_number": delivered["line_number"][0]},
    ).pl()
    mo.md("## 3. The largest of them, in its file")
    return (line,)


@app.cell
def _(line):
    line
    return


@app.cell
def _(hashlib, landing, line, mo):
    file = landing / line["file_path"][0]
    if file.is_file():
        content = file.read_bytes()
        assert hashlib.sha256(content).hexdigest() == line["file_hash"][0]
        number = line["line_number"][0]
        text = content.decode("utf-8", "replace").splitlines()[number - 1]
        said = f"Line {number} of `{line['file_path'][0]}`, with the hash of then:"
    else:
        text = None
        said = (
            f"`{line['file_path'][0]}` is not here (TIEOUT_LANDING); its SHA-256 is `{line['file_hash'][0]}`."
        )
    mo.md(f"## 4. The line as the bank delivered it\n\n{said}")
    return (text,)


@app.cell
def _(mo, text):
    mo.plain_text(text) if text is not None else None
    return


if __name__ == "__main__":
    app.run()
