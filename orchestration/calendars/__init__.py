"""Days: which are business dates and bank holidays, and the business date of a moment."""
