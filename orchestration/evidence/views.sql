-- What is of the account and the month, over which the queries run. Every view is temporary.
create temp view account_items as
select
    items.*,
    items.counted_on <= getvariable('as_of')
    and coalesce(items.cleared_on > getvariable('as_of'), true) as was_open,
    items.counted_on between getvariable('month_start') and getvariable('as_of')
    or items.cleared_on between getvariable('month_start') and getvariable('as_of') as is_of_month
from marts.fct_reconciliation_items as items
where
    items.account_id = getvariable('account_id')
    and items.counted_on <= getvariable('as_of');

create temp view account_matches as
select *
from marts.fct_matches
where
    account_id = getvariable('account_id')
    and cleared_on between getvariable('month_start') and getvariable('as_of');

create temp view account_statements as
select *
from marts.fct_bank_statements
where
    account_id = getvariable('account_id')
    and period_start_on <= getvariable('as_of')
    and period_end_on >= getvariable('month_start');

-- Files in quarantine name no account, so those beside the account's files are its own as far as anyone can tell.
create temp view account_quarantines as
select distinct scope as path
from marts.fct_control_totals
where
    control_code = 'file_read'
    and status = 'red'
    and regexp_extract(scope, '^(.*/)', 1) in (
        select regexp_extract(account_statements.file_path, '^(.*/)', 1)
        from account_statements
    );

create temp view account_controls as
select totals.*
from marts.fct_control_totals as totals
inner join marts.dim_controls as controls
    on totals.control_code = controls.control_code
where
    (controls.is_standing or totals.business_date between getvariable('month_start') and getvariable('as_of'))
    and (
        totals.scope in (
            getvariable('account_id'),
            'bank ' || getvariable('account_id'),
            'ledger ' || getvariable('account_id'),
            'bank ' || getvariable('currency'),
            'journal ' || getvariable('currency')
        )
        or starts_with(totals.scope, getvariable('account_id') || ' ')
        or totals.scope in (select account_statements.file_path from account_statements)
        or totals.scope in (select account_quarantines.path from account_quarantines)
    );

create temp view account_decisions as
select decided.*
from marts.fct_audit_trail as decided
left join account_items as items
    on decided.subject_id = items.item_id
where
    decided.event_kind = 'decision'
    and (
        items.was_open
        or items.is_of_month
        or decided.subject_id in (
            select made.subject_id
            from marts.fct_audit_trail as made
            where
                made.event_kind = 'match_made'
                and made.account_id = getvariable('account_id')
                and made.event_on between getvariable('month_start') and getvariable('as_of')
        )
        or decided.subject_id in (select account_controls.control_total_id from account_controls)
        or decided.subject_id in (select account_statements.statement_id from account_statements)
        -- A decision that takes a line of a file out of count names the file's hash, then the line.
        or left(decided.subject_id, 64) in (select account_statements.file_hash from account_statements)
        or (
            decided.account_id = getvariable('account_id')
            and decided.event_on between getvariable('month_start') and getvariable('as_of')
        )
        or decided.decision_id in (
            select reopened.decision_id
            from marts.fct_audit_trail as reopened
            where
                reopened.event_kind = 'reopening'
                and try_cast(reopened.subject_id as date)
                between getvariable('month_start') and getvariable('as_of')
        )
    );
