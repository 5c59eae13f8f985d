-- Both sides of 20 accounts over 250 business days, written into the tables that the matching models read.
-- {rows}: items of each side; {mixed}: share of them that have a planted partner, 1 or 0;
-- {accounts}: number of accounts; {counterparty}, {reference}, {memo} and {cents}: expressions over number, side,
-- counterparty and name for items that have nothing in common.
create temp table cases as
with kinds (kind, share, bank_items, ledger_items) as (
    values
    ('reference', 0.70, 1, 1),
    ('memo_reference', 0.08, 1, 1),
    ('slip', 0.03, 1, 1),
    ('reference_group', 0.004, 1, 4),
    ('memo_group', 0.004, 1, 4),
    ('split_reference', 0.004, 4, 1),
    ('split_memo', 0.004, 4, 1),
    ('fee', 0.012, 1, 1),
    ('short_payment', 0.008, 1, 1),
    ('counterparty', 0.05, 1, 1),
    ('amount', 0.03, 1, 1),
    ('bundle', 0.005, 1, 4),
    ('details', 0.001, 1, 3),
    ('bank_reversal', 0.001, 2, 0),
    ('ledger_reversal', 0.001, 0, 2),
    ('transfer', 0.001, 2, 2),
    ('fee_booked', 0.003, 0, 1)
),

planted as (
    select
        kind,
        bank_items,
        ledger_items
    from kinds, range(cast(round(share * {rows} * {mixed}) as bigint))
),

noise as (
    select
        'bank_noise' as kind,
        1 as bank_items,
        0 as ledger_items
    from range({rows} - (select cast(coalesce(sum(bank_items), 0) as bigint) from planted))
    union all
    select
        'ledger_noise' as kind,
        0 as bank_items,
        1 as ledger_items
    from range({rows} - (select cast(coalesce(sum(ledger_items), 0) as bigint) from planted))
),

numbered as (
    select
        *,
        row_number() over () as number
    from (select * from planted union all select * from noise)
)

select
    *,
    cast(hash(number) % 250 as integer) as day,
    -- Bundles are searched where few others stand open, so the noise has accounts of its own.
    cast(case kind
        when 'bundle' then {accounts} // 2 + number % greatest({accounts} // 2, 1)
        when 'bank_noise' then number % greatest({accounts} // 2, 1)
        when 'ledger_noise' then number % greatest({accounts} // 2, 1)
        else number % {accounts}
    end as integer) as account,
    cast(hash(number, 1) % 5000000 + 1000 as bigint) as cents,
    case when hash(number, 2) % 10 < 6 then 1 else -1 end as direction,
    'INV-2026-' || cast(10000000 + number as varchar) as reference,
    'INV2026' || cast(10000000 + number as varchar) as reference_key,
    -- Two words that no other name is nearly like, of one of 2,000 customers and of nobody else.
    translate(md5('customer ' || hash(number, 3) % 2000), '0123456789abcdef', 'KLMNOPQRSTUVWXYZ') as customer_letters,
    left(customer_letters, 7) || ' ' || customer_letters[8:15] as counterparty,
    translate(md5('payer ' || number), '0123456789abcdef', 'KLMNOPQRSTUVWXYZ') as payer_letters,
    left(payer_letters, 7) || ' ' || payer_letters[8:15] as name
from numbered;

create temp table parts as
select
    cases.*,
    sides.side,
    part.part,
    8 * cases.number + 2 * part.part + case when sides.side = 'bank' then 1 else 0 end as own_number,
    case when sides.side = 'bank' then cases.bank_items else cases.ledger_items end as part_count
from cases
cross join (values ('bank'), ('ledger')) as sides (side)
inner join range(4) as part (part)
    on part.part < case when sides.side = 'bank' then cases.bank_items else cases.ledger_items end;

create temp table shaped as
select
    md5(concat_ws('|', side, number, part)) as item_id,
    'BANKACCOUNT' || lpad(cast(
        case when kind = 'transfer' and part = 1 then (account + 1) % {accounts} else account end as varchar
    ), 2, '0') as account_id,
    side,
    case
        when kind in ('bank_noise', 'ledger_noise') then {reference}
        when kind = 'slip' and side = 'bank' then 'RF ' || replace(reference, '1', 'I')
        when kind in ('memo_reference', 'counterparty', 'amount', 'bundle', 'transfer', 'fee_booked', 'split_memo')
            and (side = 'bank' or kind not in ('memo_reference')) then null
        when kind = 'memo_group' and side = 'bank' then null
        when kind = 'memo_group' or (kind = 'details' and side = 'ledger') then reference || '-' || part
        when kind = 'details' then null
        else reference
    end as reference,
    case
        when kind in ('memo_group', 'split_memo') then 'batch ' || reference
        when kind = 'memo_reference' and side = 'bank' then 'Payment ' || reference || ' with thanks'
        when kind in ('bank_reversal', 'ledger_reversal') and part = 1 then 'Return of a payment'
        when kind = 'fee' and side = 'bank' then 'Payment less bank charge'
        when kind in ('bank_noise', 'ledger_noise') then {memo}
        -- A number of its own: what both sides' texts name is evidence.
        when kind = 'transfer' then 'Account transfer ' || own_number
        when kind in ('amount', 'fee_booked', 'details') then 'Payment ' || own_number
        else 'Payment ' || own_number || ' of ' || counterparty
    end as memo,
    case
        when kind in ('bank_noise', 'ledger_noise') then {counterparty}
        when kind = 'bundle' then name
        when kind in ('amount', 'transfer', 'fee_booked', 'details') then null
        else counterparty
    end as counterparty,
    kind,
    reference as case_reference,
    reference_key as case_reference_key,
    part,
    case
        when side = 'ledger' then day
        when kind = 'bundle' then day + 4
        when kind in ('bank_reversal') then day + part * 3
        else day + cast(number % 4 as integer)
    end + case when kind = 'ledger_reversal' then part * 3 when kind = 'fee_booked' then 5 when kind = 'bundle' then part else 0 end as day,
    cast(
        case
            when kind in ('bank_reversal', 'ledger_reversal', 'transfer') then cents * (1 - 2 * part)
            when kind = 'fee_booked' then -250
            when kind in ('fee', 'short_payment') and side = 'bank'
                then abs(cents + 100000) - case when kind = 'fee' then 250 else 1003 + number % 500 end
            when kind in ('fee', 'short_payment') then cents + 100000
            when part_count > 1 then direction * (cents + part * 777)
            when kind in ('bank_noise', 'ledger_noise') then {cents}
            when bank_items > 1 then direction * (bank_items * cents + 777 * 6)
            when ledger_items = 3 then direction * (3 * cents + 777 * 3)
            when ledger_items = 4 then direction * (4 * cents + 777 * 6)
            else direction * cents
        end as decimal(28, 5)
    ) / 100 as amount
from parts;

create temp table days as
select
    date_on,
    calendar_code,
    business_day_number,
    row_number() over (order by business_day_number) - 1 as day
from marts.dim_business_dates
where
    calendar_code = (select calendar_code from reference.currency_calendars where currency = 'EUR')
    and is_business_day
    and date_on >= date '2026-01-02';

insert into marts.dim_accounts by name
select distinct
    account_id,
    account_id as bank_account,
    account_id as account_name,
    'EUR' as currency,
    (select calendar_code from days limit 1) as calendar_code,
    1 as gl_account_count,
    true as has_ledger_account,
    true as has_statements
from shaped;

-- The keys as the macros normalized_reference, reference_words and name_words make them of such texts.
create temp table keyed as
select
    *,
    nullif(regexp_replace(reference, '[^A-Z0-9]', '', 'g'), '') as key_of_reference,
    nullif(array_to_string(list_filter(
        string_split(concat_ws(' ', reference, upper(memo)), ' '), lambda word: regexp_matches(word, '[0-9]')
    ), ' '), '') as words_of_references,
    coalesce(counterparty, nullif(array_to_string(list_filter(
        string_split(upper(memo), ' '),
        lambda word: not regexp_matches(word, '^(PAYMENT|OF|ACCOUNT|TRANSFER|BATCH|RETURN|WITH|THANKS|A|.*[0-9].*[0-9].*)$')
    ), ' '), '')) as words_of_name
from shaped;

update intermediate.int_as_of_date
set as_of_on = (select date_on from days where day = 270);

insert into intermediate.int_bank_line_references
select
    bank.item_id,
    ledger.reference as reference_words
from shaped as bank
inner join shaped as ledger
    on bank.case_reference = ledger.case_reference
where
    bank.kind = 'details'
    and bank.side = 'bank'
    and ledger.side = 'ledger';

insert into intermediate.int_reconciliation_items by name
select
    shaped.item_id,
    shaped.account_id,
    days.calendar_code,
    shaped.side,
    case when shaped.side = 'bank' then 'statement_line' else 'journal_line' end as item_kind,
    'EUR' as currency,
    shaped.reference,
    shaped.counterparty,
    shaped.memo,
    shaped.key_of_reference as reference_key,
    shaped.words_of_references as reference_words,
    replace(shaped.counterparty, ' ', '') as counterparty_key,
    shaped.words_of_name as name_words,
    sha256(concat(shaped.side, days.date_on)) as file_hash,
    row_number() over () as line_number,
    days.business_day_number,
    shaped.amount,
    false as is_reversal,
    days.date_on as item_on,
    days.date_on as counted_on
from keyed as shaped
inner join days
    on shaped.day = days.day;

-- What matching_by_hand.py compares besides.
create table intermediate.items_by_hand as
select
    items.*,
    case
        when shaped.kind in ('memo_reference', 'memo_group', 'split_memo') and contains(shaped.memo, shaped.case_reference)
            then shaped.case_reference_key
    end as memo_reference_key,
    case
        when shaped.reference is not null
            then replace(regexp_replace(replace(shaped.reference, 'I', '1'), '^(RF )?1NV|[^0-9]', '', 'g'), '0', '')
    end as folded_reference_key
from intermediate.int_reconciliation_items as items
inner join shaped
    on items.item_id = shaped.item_id;

create table intermediate.references_by_hand as
select
    item_id,
    replace(reference_words, '-', '') as reference_key
from intermediate.int_bank_line_references;
