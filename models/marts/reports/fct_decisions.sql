{# What became of each decision. An acceptance is judged by the controls themselves, which read this. #}
with subjects as (

    select * from {{ ref('int_decision_subjects') }}

),

items as (

    select * from {{ ref('int_items_cleared') }}

),

{# Delivered, but for a date after the one that the build is as of. #}
later_items as (

    select delivered_items.item_id
    from {{ ref('int_items_delivered') }} as delivered_items
    inner join subjects
        on delivered_items.item_id = subjects.subject
    left join items
        on delivered_items.item_id = items.item_id
    where items.item_id is null
    group by delivered_items.item_id

),

matched as (

    select distinct match_id
    from {{ ref('int_items_matched') }}

),

{# A match that a decision made is no more once another undoes it. #}
known_matches as (

    select match_id from matched
    union distinct
    select {{ decided_match_id('decision_id') }} as match_id
    from subjects
    where decision = 'match'

),

undone as (

    select match_id from {{ ref('int_matches_undone') }}

),

unit_sizes as (

    select * from {{ ref('currency_sizes') }}

),

{# The decisions that one says something of. #}
spoken_of as (

    select
        subjects.decision_id,
        count(spoken.decision_id) as decision_count,
        count(spoken.withdrawn_by) as withdrawn_count
    from subjects
    left join subjects as spoken
        on
            subjects.subject = spoken.decision_id
            and spoken.subject_number = 1
            and subjects.load_id >= spoken.load_id
    where subjects.decision in ('approve', 'withdraw')
    group by subjects.decision_id

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

returned_payments as (

    select payment_id from {{ ref('int_payment_attempts') }}
    where has_come_back

),

files as (

    select distinct
        file_hash,
        source_name,
        exclusion_id
    from {{ ref('stg_collect__files') }}

),

{# A subject is the hash of a file, 64 digits, and may have the line of a row behind it. #}
file_rulings as (

    select
        subjects.decision_id,
        min(case when files.file_hash is null then subjects.subject end) as unknown_subject,
        min(case when files.source_name = 'decisions' then subjects.subject end) as decision_subject,
        count(case when files.exclusion_id = subjects.decision_id then 1 end) as ruled_count
    from subjects
    left join files
        on substr(subjects.subject, 1, 64) = files.file_hash
    where subjects.decision in ('exclude', 'include')
    group by subjects.decision_id

),

replaced_statements as (

    select decision_id from {{ ref('int_bank_statements_replaced') }}

),

closes as (

    select * from {{ ref('stg_closes__closes') }}

),

reopened as (

    select
        subjects.decision_id,
        count(closes.close_id) as close_count
    from subjects
    left join closes
        on
            cast(subjects.subject as date) <= closes.closed_on
            and subjects.decided_at > closes.closed_at
            and subjects.load_id > closes.close_id
    where subjects.decision = 'reopen'
    group by subjects.decision_id

),

judged as (

    select
        subjects.decision_id,
        max(subjects.decision) as decision,
        max(subjects.reason) as reason,
        max(subjects.decided_by) as decided_by,
        max(subjects.until_on) as until_on,
        max(subjects.decided_at) as decided_at,
        count(*) as subject_count,
        max(subjects.approved_by) as approved_by,
        max(subjects.withdrawn_by) as withdrawn_by,
        max(subjects.refusal) as refusal,
        max(subjects.unit) as unit,
        max(subjects.signed_with) as signed_with,
        max(subjects.difference) as difference,
        max(subjects.other_content_count) as other_content_count,
        max(case when subjects.is_waiting then 1 else 0 end) = 1 as is_waiting,
        max(subjects.bank_limit) as bank_limit,
        max(subjects.payroll_limit) as payroll_limit,
        {{ larger_side('items', 'unit_sizes.unit_size') }} as value_of_items,
        max({{ in_large_units('subjects.difference', 'unit_sizes_accepted.unit_size') }}) as value_accepted,
        min(case when subjects.is_latest then 1 else 0 end) = 0 as is_superseded,
        sum(case when items.item_id is null then 1 else 0 end) as unknown_item_count,
        count(later_items.item_id) as later_item_count,
        sum(case when items.match_id is not null then 1 else 0 end) as matched_item_count,
        count(known_matches.match_id) as known_match_count,
        count(returned_payments.payment_id) as returned_payment_count
    from subjects
    left join items
        on subjects.subject = items.item_id
    left join unit_sizes
        on items.currency = unit_sizes.currency
    left join unit_sizes as unit_sizes_accepted
        on upper(subjects.unit) = unit_sizes_accepted.currency
    left join later_items
        on subjects.subject = later_items.item_id
    left join known_matches
        on
            subjects.subject = known_matches.match_id
            and subjects.decision = 'unmatch'
    left join returned_payments
        on
            subjects.subject = returned_payments.payment_id
            and subjects.decision = 'reissue'
    group by subjects.decision_id

),

with_outcome as (

    select
        judged.*,
        file_rulings.unknown_subject,
        file_rulings.decision_subject,
        case
            when judged.withdrawn_by is not null then 'withdrawn'
            when judged.refusal is not null or file_rulings.decision_subject is not null then 'refused'
            when undone.match_id is not null then 'superseded'
            when matched.match_id is not null then 'applied'
            when
                judged.is_waiting
                or coalesce(
                    case judged.decision
                        when 'accept' then coalesce(judged.value_accepted > judged.bank_limit, true)
                        when 'match' then judged.value_of_items > judged.bank_limit
                        when 'write_off' then judged.value_of_items > judged.bank_limit
                        when 'explain' then judged.value_of_items > judged.bank_limit
                        when 'snooze' then judged.value_of_items > judged.bank_limit
                    end
                    and judged.bank_limit is not null,
                    false
                )
                then 'waiting'
            when spoken_of.decision_count < judged.subject_count then 'stale'
            when judged.decision = 'withdraw' and spoken_of.withdrawn_count < judged.subject_count then 'stale'
            when
                judged.decision in (
                    'accept', 'approve', 'review', 'withdraw', 'reopen_period', 'void_payslip', 'forms_given'
                )
                or replaced_statements.decision_id is not null
                then 'applied'
            when file_rulings.unknown_subject is not null then 'stale'
            when judged.is_superseded or file_rulings.ruled_count = 0 then 'superseded'
            when judged.decision = 'reopen' and reopened.close_count > 0 then 'applied'
            when judged.decision = 'reissue' and judged.returned_payment_count = judged.subject_count then 'applied'
            when judged.decision in ('exclude', 'include') then 'applied'
            when judged.decision in ('reopen', 'reissue', 'replace') then 'stale'
            when
                judged.later_item_count > 0
                or (
                    judged.decision in ('match', 'unmatch')
                    and as_of_date.as_of_on < first_open_date.first_open_on
                )
                then 'later'
            when judged.decision = 'unmatch' and judged.known_match_count > 0 then 'applied'
            when
                judged.decision in ('match', 'unmatch')
                or judged.unknown_item_count > 0
                then case when cast(judged.decided_at as date) > as_of_date.as_of_on then 'later' else 'stale' end
            when judged.matched_item_count > 0 then 'settled'
            else 'applied'
        end as outcome
    from judged
    cross join as_of_date
    cross join first_open_date
    left join matched
        on
            {{ decided_match_id('judged.decision_id') }} = matched.match_id
            and judged.decision = 'match'
    left join undone
        on
            {{ decided_match_id('judged.decision_id') }} = undone.match_id
            and judged.decision = 'match'
    left join reopened
        on judged.decision_id = reopened.decision_id
    left join replaced_statements
        on judged.decision_id = replaced_statements.decision_id
    left join spoken_of
        on judged.decision_id = spoken_of.decision_id
    left join file_rulings
        on judged.decision_id = file_rulings.decision_id

)

select
    decision_id,
    decision,
    outcome,
    case outcome
        when 'applied'
            then case
                when decision = 'accept' and payroll_limit < 0
                    then 'In force in the bank, waiting for another person in payroll: its control says which it is'
                when decision = 'accept' then 'In force; its control says whether it holds'
                when decision = 'void_payslip'
                    then 'In force; a payslip that was not closed before is not made void'
                when decision = 'reopen_period'
                    then 'In force; a pay period with a payment file stays closed, another one is open'
                else 'In force'
            end
        when 'refused'
            then coalesce(
                refusal, concat('It names a file of decisions, and those are withdrawn: ', decision_subject)
            )
        when 'withdrawn' then concat('Withdrawn by decision ', withdrawn_by)
        when 'waiting' then 'It waits for another person: a decision approve that names it'
        when 'superseded' then 'A later decision on the same subject replaces it'
        when 'settled' then 'The item it speaks of has been matched since'
        when 'later' then 'It takes effect after the date that the marts are as of'
        else case decision
            when 'match' then 'Its items must exist, be two or more of one account, and be in no closed match'
            when 'unmatch' then 'No such match exists'
            when 'reissue' then 'The payment it speaks of does not exist or has not come back'
            when 'replace' then 'The two statements must exist and be of one account'
            when 'approve' then 'The decision it approves was not there when it was delivered'
            when 'withdraw'
                then 'It must name decisions that were there before it, and none that are taken back otherwise'
            when 'exclude' then concat('No file has this hash: ', unknown_subject)
            when 'include' then concat('No file has this hash: ', unknown_subject)
            when 'reopen' then 'No close on or after this date was made before it'
            else 'The item it speaks of does not exist'
        end
    end as outcome_reason,
    reason,
    decided_by,
    approved_by,
    signed_with,
    unit,
    cast(subject_count as integer) as subject_count,
    cast(other_content_count as integer) as other_content_count,
    cast(difference as decimal(28, 5)) as difference,
    until_on,
    decided_at
from with_outcome
