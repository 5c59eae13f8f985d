"""How much of everything happens: every probability, rate and amount range of the demo company.

Money is in minor units (cents). Rates of planted facts are per 1,000 bank lines; a run of 60 days
or more holds at least MINIMUM_PLANTED of each.
"""

from __future__ import annotations

# Share of a day's bank lines by account alias. Savings only sees transfers and interest.
ACCOUNT_SHARES = {
    "usd-operating": 0.32,
    "usd-payroll": 0.10,
    "usd-deposits": 0.17,
    "eur-main": 0.22,
    "eur-collections": 0.19,
}

# What an ordinary line of each account is. Weights of one account add up to 100.
ACTIVITY_WEIGHTS: dict[str, dict[str, int]] = {
    "usd-operating": {
        "receipt": 41,
        "supplier_payment": 37,
        "cheque": 8,
        "card_settlement": 7,
        "subscription": 5,
        "tax": 2,
    },
    "usd-payroll": {"expense_claim": 62, "supplier_payment": 20, "cheque": 18},
    "usd-deposits": {"receipt": 78, "deposit_bundle": 22},
    "eur-main": {
        "supplier_payment": 38,
        "payment_batch": 14,
        "receipt": 33,
        "receipt_batch": 7,
        "subscription": 5,
        "tax": 3,
    },
    "eur-collections": {"receipt": 84, "receipt_batch": 8, "card_settlement": 8},
}

# Business days from the books to the bank: the index is the number of days, the value its weight.
SETTLEMENT_LAG_WEIGHTS = (34, 36, 18, 8, 4)
BANK_FIRST_SHARE = 0.11
BANK_FIRST_DELAYS = (1, 2)
# Cheques, deposits and expense claims, that may stand in a cash letter or have a receipt.
PROVED_ON_PAPER = 120
CHEQUE_LAG_DAYS = (2, 11)

# What becomes of a reference on its way through the bank. The rest arrives as sent.
REFERENCE_MISSING_SHARE = 0.06
REFERENCE_TRUNCATED_SHARE = 0.05
REFERENCE_IN_MEMO_SHARE = 0.09
REFERENCE_REFORMATTED_SHARE = 0.07
REFERENCE_KEPT_CHARACTERS = 13
# Of the references written differently, those in lower case too; all lose their leading zeros.
REFERENCE_LOWER_CASE_SHARE = 0.5

WIRE_SHARE = 0.15
# Cheques and deposits whose value date is the bank day after.
LATER_VALUE_SHARE = 0.5
DISCOUNT_SHARE = 0.06
HOLIDAY_ACTIVITY_SHARE = 0.35
MONTH_END_ACTIVITY_FACTOR = 1.3

RECEIPT_RANGE = (12_000, 1_900_000)
SUPPLIER_PAYMENT_RANGE = (9_000, 1_600_000)
EXPENSE_CLAIM_RANGE = (1_850, 96_000)
CHEQUE_RANGE = (6_000, 420_000)
CARD_SALES_RANGE = (60_000, 900_000)
TAX_RANGE = (150_000, 2_400_000)
FEE_RANGE = (450, 9_500)
INTEREST_RANGE = (1_200, 48_000)
DEPOSIT_RECEIPT_RANGE = (4_000, 310_000)
CARD_FEE_BASIS_POINTS = 265
DISCOUNT_BASIS_POINTS = 200

DEPOSIT_BUNDLE_SIZE = (2, 6)
BATCH_SIZE = (3, 7)
BATCH_BY_RUN_SHARE = 0.5

# What the bank keeps of a payment that passes through it, in minor units.
DEDUCTED_CHARGES = (750, 1_250, 1_500, 2_500)
CHARGED_RECEIPT_RANGE = (80_000, 1_900_000)
SHORT_PAYMENT_BASIS_POINTS = (51, 200)
# What one unit of the first currency costs in the second, in ten-thousandths; how far the booked rate
# lies from it, and the bank's from the booked one, which keeps an exchange difference under 3 %.
RATES = {("EUR", "USD"): 10_842, ("GBP", "USD"): 12_650}
BOOKED_RATE_BASIS_POINTS = (-150, 150)
EXCHANGE_BASIS_POINTS = (10, 280)
OWN_TRANSFER_RANGE = (200_000, 4_000_000)
LATE_STATEMENT_DAYS = 3

OPENING_BALANCES = {
    "usd-operating": 184_250_075,
    "usd-payroll": 42_000_000,
    "usd-deposits": 11_874_310,
    "eur-main": 96_430_518,
    "eur-collections": 13_220_940,
    "eur-savings": 150_000_000,
}
# The lines per day the balances and payroll above are meant for; larger runs scale them.
BASE_LINES_PER_DAY = 30
PAYROLL_GROSS_RANGE = (21_000_000, 22_500_000)
PAYROLL_WITHHELD_BASIS_POINTS = 2_730
RENT_USD = 1_850_000
RENT_EUR = 790_000

MINIMUM_PLANTED = 2
PLANTED_PER_1000_LINES = {
    "bank_fee_not_booked": 4,
    "bundle_without_key": 3,
    "correction_of_amount": 2,
    "correction_of_memo": 2,
    "duplicate_bank_line": 2,
    "duplicate_booking": 2,
    "fee_deducted": 3,
    "fx_payment": 3,
    "identical_payments": 2,
    "interest_not_booked": 2,
    "late_bank_line": 2,
    "late_entry": 3,
    "ledger_reversal": 2,
    "outstanding_cheque": 2,
    "own_transfer_not_booked": 2,
    "own_transfer_without_reference": 2,
    "payment_file": 2,
    "payout_group": 2,
    "reference_prefixed": 3,
    "reference_slip": 3,
    "returned_by_bank": 2,
    "returned_payment": 2,
    "reversal_by_bank": 2,
    "short_payment": 3,
    "split_receipt": 2,
    "swapped_digits": 2,
}
# Deliveries that go wrong: one in so many business days, the first on the day of this index.
DAYS_PER_SAME_BYTES_COPY = 15
FIRST_SAME_BYTES_COPY = 5
DAYS_PER_REDELIVERY = 15
FIRST_REDELIVERY = 11
DAYS_PER_CORRUPT_FILE = 200
DAYS_PER_INTRADAY_FILE = 60
# Weeks of a daily account that are delivered once more in one file.
FIRST_OVERLAPPING_WEEK = 3
WEEKS_PER_OVERLAPPING_CSV = 4
WEEKS_PER_OVERLAPPING_CAMT = 9
