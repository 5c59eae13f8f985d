with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'subset_sum'

),

items as (

    select * from {{ ref('int_items_left_by_reference') }}

),

searches as (

    select * from {{ ref('int_subset_sum_searches') }}
    where outcome in ('found', 'chance')

),

candidates as (

    select * from {{ ref('int_subset_sum_candidates') }}

),

set_members as (

    select
        searches.target_id,
        searches.outcome,
        searches.bank_key,
        searches.target_id as item_id
    from searches
    union all
    select
        searches.target_id,
        searches.outcome,
        searches.bank_key,
        candidates.item_id
    from searches
    inner join candidates
        on
            searches.target_id = candidates.target_id
            and mod(
                cast(
                    floor(
                        case
                            when candidates.place <= 8 then searches.first_set_number
                            else searches.second_set_number
                        end
                        / power(2, mod(candidates.place - 1, 8))
                    ) as integer
                ),
                2
            ) = 1

),

{# An item that stands in two sets belongs to neither. #}
counted as (

    select
        set_members.target_id,
        set_members.outcome,
        set_members.bank_key,
        items.item_id,
        items.account_id,
        items.calendar_code,
        items.amount,
        coalesce(greatest(items.business_day_number, items.known_day), items.business_day_number)
            as business_day_number,
        coalesce(greatest(items.counted_on, items.known_on), items.counted_on) as counted_on,
        searches.sets_as_small,
        searches.candidate_total,
        count(*) over (partition by set_members.item_id) as set_count
    from set_members
    inner join items
        on set_members.item_id = items.item_id
    inner join searches
        on set_members.target_id = searches.target_id

),

complete as (

    select
        *,
        max(set_count) over (partition by target_id) as most_sets,
        min({{ amount_roundness('amount') }}) over (partition by target_id) as roundness,
        max(business_day_number) over (partition by target_id) as completed_day,
        max(counted_on) over (partition by target_id) as completed_on
    from counted

),

members as (

    select
        complete.item_id,
        complete.calendar_code,
        rules.rule_code,
        {# So many sets of amounts as round as these would meet any total by chance. #}
        case
            when complete.outcome = 'chance' then 'suggestion'
            when
                complete.sets_as_small * {{ var('subset_sum_chance') }} * power(10, complete.roundness)
                > complete.candidate_total * 1000
                then 'suggestion'
            else rules.posting
        end as posting,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rules.rule_code', 'complete.target_id']) }} as match_id,
        rules.wait_days,
        complete.completed_day,
        complete.completed_on
    from complete
    inner join rules
        on
            complete.account_id = rules.account_id
            and complete.bank_key = rules.bank_key
    where complete.most_sets = 1

)

{{ claims('members') }}
