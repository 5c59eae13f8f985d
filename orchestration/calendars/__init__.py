"""Days: which are business dates, bank holidays and banking days, and the business date of a moment."""
