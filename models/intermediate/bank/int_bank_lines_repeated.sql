{# How many days apart two statements may book one payment. -#}
{%- set days_apart = 5 -%}
{%- set rounds = 3 -%}

{# A line where its closing balance leaves a gap, or of which one day has more than any statement shows. #}
with disputed_lines as (

    select * from {{ ref('int_bank_lines_overlapping') }}
    where
        gap_on is not null
        or is_one_too_many

),

places as (

    {{ dbt.generate_series(2 * days_apart + 1) }}

),

dates_to_compare as (

    select
        disputed_lines.*,
        {{ dbt.dateadd('day', 'places.generated_number - ' ~ (days_apart + 1), 'disputed_lines.statement_on') }}
            as compared_on
    from disputed_lines
    inner join places
        on
            disputed_lines.gap_on is not null
            or places.generated_number = {{ days_apart + 1 }}

),

{# Two lines that one statement shows are two. Where the dates differ, one of the statements must cover the day on which
   the other one books the payment, and not show it there. #}
compared as (

    select
        lines.account_id,
        lines.statement_line_id,
        others.statement_line_id as other_line_id,
        min(lines.delivery_order) as delivery_order,
        min(others.delivery_order) as other_delivery_order,
        max(case when lines.delivery_number = 1 then lines.delivered_line_id end) as delivered_line_id,
        max(case when others.delivery_number = 1 then others.delivered_line_id end) as other_delivered_line_id,
        min(abs(lines.twin_number - others.twin_number)) as twins_apart,
        max(lines.amount) as amount,
        max(case when lines.delivery_number = 1 then lines.gap_amount end) as gap_amount,
        max(case when lines.has_closing then 1 else 0 end) = 1 as has_closing,
        max(case when lines.is_gap_undone then 1 else 0 end) = 1 as is_gap_undone,
        max(case when lines.delivery_number = 1 then lines.statement_on end) as statement_on,
        max(case when others.delivery_number = 1 then others.statement_on end) as other_on,
        max(case when lines.delivery_number = 1 then lines.gap_on end) as gap_on,
        max(case when others.delivery_number = 1 then others.gap_on end) as other_gap_on
    from dates_to_compare as lines
    inner join {{ ref('int_bank_lines_overlapping') }} as others
        on
            lines.account_id = others.account_id
            and lines.amount = others.amount
            and cast(lines.compared_on as date) = others.statement_on
    where lines.statement_line_id <> others.statement_line_id
    group by lines.account_id, lines.statement_line_id, others.statement_line_id
    having
        max(case when lines.statement_group_id = others.statement_group_id then 1 else 0 end) = 0
        and max(
            case
                when
                    others.statement_on between lines.first_covered_on and lines.last_covered_on
                    or lines.statement_on between others.first_covered_on and others.last_covered_on
                    then 1
                else 0
            end
        ) = 1

),

{# Of two lines the one whose closing balance leaves the gap repeats the other, else the one delivered later. #}
described as (

    select
        compared.*,
        lines.file_hash,
        lines.load_id,
        lines.line_number,
        others.file_hash as other_file_hash,
        others.load_id as other_load_id,
        others.line_number as other_line_number,
        case
            when coalesce(lines.memo, lines.counterparty, '') = coalesce(others.memo, others.counterparty, '') then 0
            else 1
        end as texts_apart,
        abs({{ days_between('compared.statement_on', 'compared.other_on') }}) as days_apart,
        coalesce(lines.reference_key <> others.reference_key, false) as is_contradicted
    from compared
    inner join {{ ref('int_bank_statement_lines_cleaned') }} as lines
        on compared.delivered_line_id = lines.delivered_line_id
    inner join {{ ref('int_bank_statement_lines_cleaned') }} as others
        on compared.other_delivered_line_id = others.delivered_line_id
    where
        case
            when compared.gap_on is not null and compared.other_gap_on is null then true
            when compared.gap_on is null and compared.other_gap_on is not null then false
            else compared.delivery_order > compared.other_delivery_order
        end

),

{{ mutual_pairs(
    'described',
    one='statement_line_id',
    other='other_line_id',
    one_order=['texts_apart', 'days_apart', 'twins_apart', 'other_delivery_order'],
    other_order=['texts_apart', 'days_apart', 'twins_apart', 'delivery_order'],
    rounds=rounds,
) }},

pairs as (

    select
        described.*,
        sum(described.amount) over (
            partition by described.account_id, described.gap_on, case when described.gap_on is null then described.statement_on end
        ) as repeated_amount
    from described
    inner join mutual_pairs
        on
            described.statement_line_id = mutual_pairs.statement_line_id
            and described.other_line_id = mutual_pairs.other_line_id

)

select
    pairs.statement_line_id,
    pairs.other_line_id as repeated_statement_line_id,
    pairs.account_id,
    concat(files.path, ' line ', cast(pairs.line_number as string)) as place,
    concat(other_files.path, ' line ', cast(pairs.other_line_number as string)) as repeated_place,
    pairs.amount,
    pairs.gap_amount,
    coalesce(pairs.repeated_amount = -pairs.gap_amount, false) and not pairs.is_gap_undone as is_proved,
    pairs.statement_on,
    pairs.other_on as repeated_on,
    pairs.gap_on
from pairs
inner join {{ ref('stg_collect__files') }} as files
    on
        pairs.file_hash = files.file_hash
        and pairs.load_id = files.load_id
        and files.file_status = 'loaded'
inner join {{ ref('stg_collect__files') }} as other_files
    on
        pairs.other_file_hash = other_files.file_hash
        and pairs.other_load_id = other_files.load_id
        and other_files.file_status = 'loaded'
{# Lines that a closing balance needs both are two payments. #}
where
    pairs.gap_on is not null
    or (
        not pairs.is_contradicted
        and (
            not pairs.has_closing
            or pairs.repeated_amount = 0
        )
    )
