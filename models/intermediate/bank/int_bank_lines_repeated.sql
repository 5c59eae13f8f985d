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
        {{ dbt.dateadd('day', '(places.generated_number - ' ~ (days_apart + 1) ~ ')', 'disputed_lines.statement_on') }}
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
        own_lines.account_id,
        own_lines.statement_line_id,
        other_lines.statement_line_id as other_line_id,
        min(own_lines.delivery_order) as delivery_order,
        min(other_lines.delivery_order) as other_delivery_order,
        max(case when own_lines.delivery_number = 1 then own_lines.delivered_line_id end) as delivered_line_id,
        max(case when other_lines.delivery_number = 1 then other_lines.delivered_line_id end)
            as other_delivered_line_id,
        min(abs(own_lines.twin_number - other_lines.twin_number)) as twins_apart,
        max(own_lines.amount) as amount,
        max(case when own_lines.delivery_number = 1 then own_lines.gap_amount end) as gap_amount,
        max(case when own_lines.has_closing then 1 else 0 end) = 1 as has_closing,
        max(case when own_lines.is_gap_undone then 1 else 0 end) = 1 as is_gap_undone,
        max(case when own_lines.delivery_number = 1 then own_lines.statement_on end) as statement_on,
        max(case when other_lines.delivery_number = 1 then other_lines.statement_on end) as other_on,
        max(case when own_lines.delivery_number = 1 then own_lines.gap_on end) as gap_on,
        max(case when other_lines.delivery_number = 1 then other_lines.gap_on end) as other_gap_on
    from dates_to_compare as own_lines
    inner join {{ ref('int_bank_lines_overlapping') }} as other_lines
        on
            own_lines.account_id = other_lines.account_id
            and own_lines.amount = other_lines.amount
            and cast(own_lines.compared_on as date) = other_lines.statement_on
    where own_lines.statement_line_id <> other_lines.statement_line_id
    group by own_lines.account_id, own_lines.statement_line_id, other_lines.statement_line_id
    having
        max(case when own_lines.statement_group_id = other_lines.statement_group_id then 1 else 0 end) = 0
        and max(
            case
                when
                    other_lines.statement_on between own_lines.first_covered_on and own_lines.last_covered_on
                    or own_lines.statement_on between other_lines.first_covered_on and other_lines.last_covered_on
                    then 1
                else 0
            end
        ) = 1

),

{# Of two lines the one whose closing balance leaves the gap repeats the other, else the one delivered later. #}
described as (

    select
        compared.*,
        own_lines.file_hash,
        own_lines.load_id,
        own_lines.line_number,
        other_lines.file_hash as other_file_hash,
        other_lines.load_id as other_load_id,
        other_lines.line_number as other_line_number,
        case
            when
                coalesce(own_lines.memo, own_lines.counterparty, '')
                = coalesce(other_lines.memo, other_lines.counterparty, '')
                then 0
            else 1
        end as texts_apart,
        abs({{ days_between('compared.statement_on', 'compared.other_on') }}) as days_apart,
        coalesce(own_lines.reference_key <> other_lines.reference_key, false) as is_contradicted
    from compared
    inner join {{ ref('int_bank_statement_lines_cleaned') }} as own_lines
        on compared.delivered_line_id = own_lines.delivered_line_id
    inner join {{ ref('int_bank_statement_lines_cleaned') }} as other_lines
        on compared.other_delivered_line_id = other_lines.delivered_line_id
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
            partition by
                described.account_id,
                described.gap_on,
                case when described.gap_on is null then described.statement_on end
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
