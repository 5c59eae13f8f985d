-- The journal lines of the span, each once: of a line that was delivered again the newest, and none that was deleted.
-- A number that the ledger used twice gets /2 and so on, so that journal and line number are a key.
create temp view journal_lines as
select
    *,
    row_number() over (
        partition by company, fiscal_year, entry_id, line_no
        order by posted_on, journal_line_id
    ) as use_of_number
from intermediate.int_journal_lines_classified
where
    disposition = 'kept'
    and posted_on between getvariable('from_on') and getvariable('to_on');

create temp view balances as
select
    gl_account,
    company,
    currency,
    coalesce(sum(amount) filter (where posted_on < getvariable('from_on')), 0) as amount_before,
    sum(amount) as amount,
    min(posted_on) as first_on,
    max(posted_on) as last_on
from intermediate.int_journal_lines_classified
where
    disposition = 'kept'
    and posted_on <= getvariable('to_on')
group by gl_account, company, currency;
