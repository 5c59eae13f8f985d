"""Books of fourteen companies that have nothing in common with the demo, each with its planted truth.

Belongs here: landing zones as such companies' banks and ledgers write them, what of them belongs together,
and the score of a warehouse against it. Nothing here knows how items are matched; a company is a module that
knows one trade, one country and one bank.
"""
