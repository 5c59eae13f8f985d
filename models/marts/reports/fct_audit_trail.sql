{# What rules, people and closes did. What a decision led to is an event of its own beside the decision. #}
with matched as (

    select
        match_id,
        max(rule_code) as rule_code,
        max(item_id) as item_id,
        min(cleared_on) as cleared_on,
        min(case when is_standing then 1 else 0 end) = 0 as is_undone
    from {{ ref('int_items_matched') }}
    group by match_id

),

items as (

    select
        item_id,
        account_id
    from {{ ref('int_items') }}

),

matches as (

    select
        matched.*,
        items.account_id
    from matched
    left join items
        on matched.item_id = items.item_id

),

rules as (

    select * from {{ ref('match_rules') }}

),

decisions as (

    select * from {{ ref('int_decision_subjects') }}

),

unmatched as (

    select
        *,
        row_number() over (partition by subject order by decided_at, decision_id) as place
    from decisions
    where
        decision = 'unmatch'
        and is_in_force

),

closes as (

    select * from {{ ref('stg_closes__closes') }}

),

frozen_matches as (

    select
        close_id,
        match_id,
        max(item_id) as item_id
    from {{ ref('stg_closes__matches') }}
    where undone_on is null
    group by close_id, match_id

),

frozen_items as (

    select
        item_id,
        max(account_id) as account_id
    from {{ ref('stg_closes__items') }}
    group by item_id

),

made_by_rules as (

    select
        {{ surrogate_key(["'match_made'", 'matches.match_id']) }} as event_id,
        matches.account_id,
        cast(null as string) as decision_id,
        matches.match_id as subject_id,
        'match_made' as event_kind,
        cast(null as string) as decision,
        'match' as subject_kind,
        matches.rule_code as actor,
        'rule' as actor_kind,
        rules.rule_name as reason,
        matches.cleared_on as event_on,
        cast(null as timestamp) as event_at
    from matches
    left join rules
        on matches.rule_code = rules.rule_code
    where matches.rule_code <> 'decision'

),

made_by_people as (

    select
        {{ surrogate_key(["'match_made'", 'matches.match_id']) }} as event_id,
        max(matches.account_id) as account_id,
        decisions.decision_id,
        matches.match_id as subject_id,
        'match_made' as event_kind,
        'match' as decision,
        'match' as subject_kind,
        max(decisions.decided_by) as actor,
        'person' as actor_kind,
        max(decisions.reason) as reason,
        cast(max(decisions.decided_at) as date) as event_on,
        max(decisions.decided_at) as event_at
    from matches
    inner join decisions
        on matches.match_id = {{ decided_match_id('decisions.decision_id') }}
    where matches.rule_code = 'decision'
    group by matches.match_id, decisions.decision_id

),

frozen as (

    select
        {{ surrogate_key(["'match_frozen'", 'frozen_matches.close_id', 'frozen_matches.match_id']) }} as event_id,
        frozen_items.account_id,
        cast(null as string) as decision_id,
        frozen_matches.match_id as subject_id,
        'match_frozen' as event_kind,
        cast(null as string) as decision,
        'match' as subject_kind,
        closes.closed_by as actor,
        'person' as actor_kind,
        concat('Close of ', cast(closes.closed_on as string)) as reason,
        cast(closes.closed_at as date) as event_on,
        closes.closed_at as event_at
    from frozen_matches
    inner join closes
        on frozen_matches.close_id = closes.close_id
    left join frozen_items
        on frozen_matches.item_id = frozen_items.item_id

),

decided as (

    select
        {{ surrogate_key(["'decision'", 'decisions.decision_id', 'decisions.subject']) }} as event_id,
        coalesce(items.account_id, matches.account_id) as account_id,
        decisions.decision_id,
        decisions.subject as subject_id,
        'decision' as event_kind,
        decisions.decision,
        case
            when decisions.decision = 'unmatch' then 'match'
            when decisions.decision = 'accept' then 'control'
            when decisions.decision in ('reopen', 'reopen_period', 'review', 'forms_given') then 'date'
            when decisions.decision in ('approve', 'withdraw') then 'decision'
            else 'item'
        end as subject_kind,
        decisions.decided_by as actor,
        'person' as actor_kind,
        decisions.reason,
        cast(decisions.decided_at as date) as event_on,
        decisions.decided_at as event_at
    from decisions
    left join items
        on decisions.subject = items.item_id
    left join matches
        on decisions.subject = matches.match_id

),

undone as (

    select
        {{ surrogate_key(["'match_undone'", 'matches.match_id']) }} as event_id,
        matches.account_id,
        unmatched.decision_id,
        matches.match_id as subject_id,
        'match_undone' as event_kind,
        'unmatch' as decision,
        'match' as subject_kind,
        unmatched.decided_by as actor,
        'person' as actor_kind,
        unmatched.reason,
        cast(unmatched.decided_at as date) as event_on,
        unmatched.decided_at as event_at
    from matches
    inner join unmatched
        on
            matches.match_id = unmatched.subject
            and unmatched.place = 1
    where matches.is_undone

),

closed as (

    select
        {{ surrogate_key(["'close'", 'close_id']) }} as event_id,
        cast(null as string) as account_id,
        cast(null as string) as decision_id,
        cast(closed_on as string) as subject_id,
        'close' as event_kind,
        cast(null as string) as decision,
        'date' as subject_kind,
        closed_by as actor,
        'person' as actor_kind,
        case
            when reviewed_by is null then note
            else concat('Reviewed by ', reviewed_by, coalesce('. ' || note, ''))
        end as reason,
        cast(closed_at as date) as event_on,
        closed_at as event_at
    from closes

),

reopened as (

    select
        {{ surrogate_key(["'reopening'", 'close_id']) }} as event_id,
        cast(null as string) as account_id,
        decision_id,
        cast(closed_on as string) as subject_id,
        'reopening' as event_kind,
        'reopen' as decision,
        'date' as subject_kind,
        decided_by as actor,
        'person' as actor_kind,
        reason,
        cast(decided_at as date) as event_on,
        decided_at as event_at
    from {{ ref('int_closes_reopened') }}

),

events as (

    select * from made_by_rules
    union all
    select * from made_by_people
    union all
    select * from frozen
    union all
    select * from decided
    union all
    select * from undone
    union all
    select * from closed
    union all
    select * from reopened

)

select
    event_id,
    account_id,
    decision_id,
    subject_id,
    event_kind,
    decision,
    subject_kind,
    actor,
    actor_kind,
    reason,
    event_on,
    event_at
from events
