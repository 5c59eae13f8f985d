{# Which line a delivery is of, where entry and line number alone do not say: some delivery of the number names neither
   company nor fiscal year, and the deliveries differ in more than a correction would. Neighbours by posting date are
   compared, so that a number that starts again each year falls apart by itself. #}
with journal_lines as (

    select
        *,
        nullif(coalesce(company, '') || ' ' || coalesce(fiscal_year, ''), ' ') as number_series
    from {{ ref('int_journal_lines_cleaned') }}

),

doubtful_numbers as (

    select
        entry_id,
        line_no
    from journal_lines
    group by entry_id, line_no
    having
        count(*) > count(number_series)
        and (
            count(number_series) > 0
            or min(posted_on) <> max(posted_on)
            or (min(gl_account) <> max(gl_account) and min(amount) <> max(amount))
        )

),

deliveries as (

    select journal_lines.*
    from journal_lines
    inner join doubtful_numbers
        on
            journal_lines.entry_id = doubtful_numbers.entry_id
            and journal_lines.line_no = doubtful_numbers.line_no

),

with_neighbour as (

    select
        *,
        lag(gl_account) over by_date as gl_account_before,
        lag(reference) over by_date as reference_before,
        lag(counterparty) over by_date as counterparty_before,
        lag(memo) over by_date as memo_before,
        lag(amount) over by_date as amount_before,
        lag(posted_on) over by_date as posted_on_before
    from deliveries
    window by_date as (
        partition by entry_id, line_no
        order by posted_on, gl_account, load_id, recorded_at, file_hash, line_number
    )

),

compared as (

    select
        *,
        gl_account = gl_account_before as has_same_account,
        amount = amount_before as has_same_amount,
        coalesce(reference = reference_before, false)
        or coalesce(counterparty = counterparty_before, false)
        or coalesce(memo = memo_before, false) as has_same_text,
        coalesce(reference <> reference_before, false)
        or coalesce(counterparty <> counterparty_before and reference is distinct from reference_before, false)
            as has_other_text,
        {{ days_between('posted_on_before', 'posted_on') }} as days_moved
    from with_neighbour

),

{# A correction changes the date alone, or leaves the date, or leaves a text and moves by less than half a year. #}
judged as (

    select
        *,
        case
            when days_moved is null then false
            when days_moved = 0 then not has_same_account and not has_same_amount and has_other_text
            when has_same_account and has_same_amount then days_moved > {{ var('renumbering_days') }} and has_other_text
            else days_moved > {{ var('renumbering_days') }} or not has_same_text
        end as is_other_line
    from compared

),

gathered as (

    select
        *,
        sum(case when is_other_line then 1 else 0 end) over (
            partition by entry_id, line_no
            order by posted_on, gl_account, load_id, recorded_at, file_hash, line_number
            rows between unbounded preceding and current row
        ) as place
    from judged

),

{# Company and year decide wherever they are delivered; a delivery without them joins the line that it is like. #}
with_series as (

    select
        *,
        coalesce(number_series, min(number_series) over (partition by entry_id, line_no, place)) as line_series
    from gathered

),

grouped as (

    select
        *,
        coalesce(line_series, cast(place as string)) as line_group,
        line_series is not null as is_known
    from with_series

),

{# The line keeps the id under which it was delivered first. #}
identified as (

    select
        *,
        first_value(journal_line_id) over first_delivery as first_journal_line_id,
        first_value(load_id) over first_delivery as first_load_id,
        first_value(recorded_at) over first_delivery as first_recorded_at,
        first_value(gl_account) over first_delivery as first_gl_account,
        first_value(amount) over first_delivery as first_amount,
        first_value(posted_on) over first_delivery as first_posted_on
    from grouped
    window first_delivery as (
        partition by entry_id, line_no, is_known, line_group
        order by load_id, recorded_at, file_hash, line_number
        rows between unbounded preceding and unbounded following
    )

),

ranked as (

    select
        *,
        dense_rank() over (
            partition by entry_id, line_no, first_journal_line_id
            order by first_load_id, first_recorded_at, first_posted_on, is_known, line_group
        ) as line_rank
    from identified

),

named as (

    select
        *,
        case
            when line_rank = 1 then first_journal_line_id
            else {{ surrogate_key([
                "'renumbered'", 'first_journal_line_id', 'first_gl_account', 'first_amount', 'first_posted_on'
            ]) }}
        end as line_id
    from ranked

),

with_unknown as (

    select
        *,
        max(case when not is_known then line_id end) over (partition by entry_id, line_no) as unknown_line_id,
        max(case when not is_known then first_posted_on end) over (partition by entry_id, line_no)
            as unknown_posted_on
    from named

)

{# A line without company and year that no delivery with them is like may be the same one, corrected meanwhile. #}
select
    line_id as journal_line_id,
    case
        when line_rank > 1 and not is_known then first_journal_line_id
        when
            is_known
            and abs({{ days_between('unknown_posted_on', 'first_posted_on') }}) <= {{ var('renumbering_days') }}
            then unknown_line_id
    end as apart_from_line_id,
    file_hash,
    load_id,
    line_number
from with_unknown
