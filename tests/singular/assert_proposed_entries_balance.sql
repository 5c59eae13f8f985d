-- A proposed entry has one debit and one credit of the same amount. Anything else could not be posted.
select
    proposed_entry_id,
    count(*) as line_count,
    sum(debit) as debit,
    sum(credit) as credit
from {{ ref('fct_proposed_journal_entries') }}
group by proposed_entry_id
having
    count(*) <> 2
    or sum(debit) <> sum(credit)
    or sum(debit) = 0
