-- The booked items of the account in both formats, each once in a format however often it was delivered, and the keys by
-- which an item of the old format finds its own in the new one, the surest first. Days around the span are looked at too,
-- so that an item which the formats book on two days is one item and not two. Everything is temporary.
create temp table deliveries as
select
    statements.statement_id,
    statements.file_hash,
    statements.closing_balance,
    statements.first_covered_on,
    statements.last_covered_on,
    files.file_format = getvariable('new_format') as is_new
from intermediate.int_bank_statements_classified as statements
inner join staging.stg_collect__files as files
    on
        statements.file_hash = files.file_hash
        and statements.load_id = files.load_id
where
    statements.account_id = getvariable('account_id')
    and statements.disposition in ('kept', 'repeated_statement')
    and files.file_status = 'loaded'
    and files.file_format in (getvariable('old_format'), getvariable('new_format'))
    and statements.last_covered_on >= getvariable('from_on') - interval 7 day
    and statements.first_covered_on < getvariable('to_on') + interval 7 day;

-- Banks write umlauts in one format and two letters in the other.
create temp macro name_key(name) as regexp_replace(
    regexp_replace(strip_accents(replace(lower(name), 'ß', 'ss')), '[^\p{L}0-9]', '', 'g'), '([aou])e', '\1', 'g'
);

create temp macro reference_key(word) as upper(regexp_replace(word, '[^\p{L}0-9]', '', 'g'));

create temp macro words_of(text) as list_filter(
    list_distinct(string_split(coalesce(text, ''), ' ')), word -> reference_key(word) <> ''
);

create temp macro keys_of(words) as list_sort(list_distinct(list_transform(words, word -> reference_key(word))));

-- Two decimals, or as many as there are.
create temp macro shown_amount(amount) as regexp_replace(cast(amount as varchar), '0{1,3}$', '');

-- A batch may say in its transactions what the other format says of the whole.
create temp table named_in_details as
select
    details.delivered_line_id,
    string_agg(
        concat_ws(
            ' ', replace(details.reference, ' ', ''), details.creditor_reference, replace(details.end_to_end_id, ' ', ''),
            replace(details.instruction_id, ' ', ''), replace(details.customer_reference, ' ', ''), details.uetr,
            replace(details.mandate_id, ' ', ''), details.cheque_number
        ),
        ' '
    ) as words
from staging.stg_bank__statement_line_details as details
where details.file_hash in (select deliveries.file_hash from deliveries)
group by details.delivered_line_id;

create temp table items as
with lines as (

    select
        lines.*,
        deliveries.is_new,
        words_of(concat_ws(
            ' ', replace(lines.reference, ' ', ''), lines.creditor_reference, replace(lines.end_to_end_id, ' ', ''),
            replace(lines.instruction_id, ' ', ''), replace(lines.customer_reference, ' ', ''), lines.uetr,
            replace(lines.mandate_id, ' ', ''), lines.cheque_number, named_in_details.words
        )) as references_said
    from intermediate.int_bank_statement_lines_classified as lines
    inner join deliveries
        on lines.statement_id = deliveries.statement_id
    left join named_in_details
        on lines.delivered_line_id = named_in_details.delivered_line_id
    where lines.disposition in ('kept', 'overlapping_line', 'repeated_line', 'repeated_statement')

),

keyed as (

    select
        *,
        keys_of(references_said) as all_references
    from lines

),

-- The n-th of its kind in one statement is the n-th in any other of its format.
numbered as (

    select
        *,
        row_number() over (
            partition by
                is_new, statement_id, booked_on, value_on, amount, bank_reference, all_references, counterparty, memo
            order by entry_number
        ) as twin_number
    from keyed

)

select
    row_number() over (order by is_new, booked_on, amount, delivered_line_id) as item_number,
    is_new,
    amount,
    booked_on,
    value_on,
    bank_reference,
    references_said,
    all_references,
    counterparty,
    name_key(counterparty) as counterparty_key,
    counterparty_account,
    memo,
    keys_of(words_of(memo)) as memo_words
from numbered
qualify row_number() over (
    partition by is_new, booked_on, value_on, amount, bank_reference, all_references, counterparty, memo, twin_number
    order by delivered_line_id
) = 1;

create temp table item_keys as
with reference_lists as (

    select
        *,
        array_to_string(all_references, ' ') as reference_list
    from items

)

select item_number, is_new, 1 as round_number, concat_ws('|', amount, booked_on, reference_list, bank_reference) as item_key
from reference_lists
where reference_list <> '' and bank_reference is not null
union all
select item_number, is_new, 2, concat_ws('|', amount, booked_on, bank_reference) from items where bank_reference is not null
union all
select items.item_number, items.is_new, 3, concat_ws('|', items.amount, items.booked_on, word)
from items, unnest(items.all_references) as words (word)
union all
select item_number, is_new, 4, concat_ws('|', amount, booked_on, counterparty_key) from items where counterparty_key <> ''
union all
select item_number, is_new, 5, concat_ws('|', amount, booked_on) from items
union all
select items.item_number, items.is_new, 6, concat_ws('|', items.amount, word)
from items, unnest(list_append(items.all_references, items.bank_reference)) as words (word)
where word is not null
union all
select items.item_number, items.is_new, 7, concat_ws('|', items.booked_on, word)
from items, unnest(list_append(items.all_references, items.bank_reference)) as words (word)
where word is not null
union all
select item_number, is_new, 8, concat_ws('|', -amount * case when is_new then 1 else -1 end, booked_on) from items;

create temp table pairs (old_number bigint, new_number bigint);
