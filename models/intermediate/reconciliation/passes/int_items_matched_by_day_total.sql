{%- set day_columns = [
    'account_id', 'currency', 'day_key', 'direction', 'business_day_number', 'item_on',
    'kind', 'counterparty_key', 'name_words', 'step', 'tells_transfer', 'item_count',
] -%}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'day_total'

),

open_items as (

    {{ open_items('day_total') }}

),

kinds as (

    select 'all' as kind
    union all
    select 'unreferenced' as kind
    union all
    select 'counterparty' as kind
    union all
    select 'counterparty, memo' as kind
    union all
    select 'counterparty, reference' as kind
    union all
    select 'memo' as kind

),

day_items as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.currency,
        kinds.kind,
        case kinds.kind
            when 'counterparty' then open_items.counterparty_key
            when 'counterparty, memo' then open_items.counterparty_key || ', ' || coalesce(open_items.memo, '')
            when 'counterparty, reference' then open_items.counterparty_key || ', ' || open_items.reference_key
            when 'memo' then open_items.memo
            else ''
        end as day_key,
        case
            when kinds.kind in ('all', 'unreferenced') then sign(open_items.amount)
            else 0
        end as direction,
        open_items.counterparty_key,
        open_items.name_words,
        {{ amount_step('open_items.amount') }} as step,
        {{ tells_transfer('open_items.memo') }} as tells_transfer,
        open_items.business_day_number,
        open_items.amount,
        open_items.counted_on,
        open_items.item_on
    from open_items
    inner join kinds
        on case kinds.kind
            when 'all' then true
            when 'unreferenced' then open_items.reference_key is null
            when 'memo' then open_items.memo is not null
            when 'counterparty, reference' then open_items.counterparty_key || open_items.reference_key is not null
            else open_items.counterparty_key is not null
        end
    where open_items.side = 'ledger'

),

whole_days as (

    select
        account_id,
        currency,
        day_key,
        direction,
        business_day_number,
        item_on,
        min(kind) as kind,
        max(counterparty_key) as counterparty_key,
        max(name_words) as name_words,
        min(step) as step,
        min(tells_transfer) as tells_transfer,
        max(item_count) as item_count,
        amount,
        counted_on
    from (
        select
            account_id,
            currency,
            kind,
            day_key,
            direction,
            business_day_number,
            item_on,
            max(counterparty_key) as counterparty_key,
            max(name_words) as name_words,
            min(step) as step,
            min(case when tells_transfer then 1 else 0 end) as tells_transfer,
            count(*) as item_count,
            max(counted_on) as counted_on,
            sum(amount) as amount
        from day_items
        group by account_id, currency, kind, day_key, direction, business_day_number, item_on
        having count(*) > 1
    ) as totals
    group by account_id, currency, day_key, direction, business_day_number, item_on, amount, counted_on

),

charges as (

    select
        account_id,
        currency,
        side,
        business_day_number,
        item_on,
        item_id,
        amount,
        counted_on,
        count(*) over (partition by account_id, currency, side, business_day_number) as charges_of_day
    from open_items
    where
        amount < 0
        and {{ tells_charge("coalesce(counterparty, '') || ' ' || coalesce(memo, '')") }}

),

{# What a counterparty pays out for a day may lack one item of it, which it pays or holds by itself. #}
days_but_one as (

    select
        {% for column in day_columns -%}
        whole_days.{{ column }},
        {% endfor -%}
        whole_days.amount - day_items.amount as amount,
        whole_days.counted_on,
        day_items.item_id as left_out_item_id,
        cast(null as string) as charge_item_id,
        whole_days.item_count as choices
    from whole_days
    inner join day_items
        on
            whole_days.account_id = day_items.account_id
            and whole_days.currency = day_items.currency
            and whole_days.kind = day_items.kind
            and whole_days.day_key = day_items.day_key
            and whole_days.item_on = day_items.item_on
    where
        whole_days.kind = 'counterparty'
        and whole_days.item_count > 3

),

{# The charge for what was sold on a day may stand beside it. #}
days_with_charge as (

    select
        {% for column in day_columns -%}
        whole_days.{{ column }},
        {% endfor -%}
        whole_days.amount + charges.amount as amount,
        greatest(whole_days.counted_on, charges.counted_on) as counted_on,
        cast(null as string) as left_out_item_id,
        charges.item_id as charge_item_id,
        charges.charges_of_day as choices
    from whole_days
    inner join charges
        on
            whole_days.account_id = charges.account_id
            and whole_days.currency = charges.currency
            and whole_days.item_on = charges.item_on
    left join day_items
        on
            charges.item_id = day_items.item_id
            and whole_days.kind = day_items.kind
            and whole_days.day_key = day_items.day_key
            and whole_days.direction = day_items.direction
    where
        charges.side = 'ledger'
        and charges.charges_of_day <= 16
        and whole_days.amount >= 10 * abs(charges.amount)
        and day_items.item_id is null

),

day_totals as (

    select
        *,
        cast(null as string) as left_out_item_id,
        cast(null as string) as charge_item_id,
        1 as choices,
        1 as place
    from whole_days
    union all
    select
        *,
        2 as place
    from days_with_charge
    union all
    select
        *,
        3 as place
    from days_but_one

),

{# What one document of a counterparty comes to, a day of one counterparty, whole or of one memo, or of one memo goes
   before everybody's; its refunds and fees count with it. #}
candidates as (

    select
        bank_items.item_id as bank_item_id,
        bank_items.account_id,
        bank_items.calendar_code,
        bank_items.currency,
        bank_items.amount,
        rules.rule_code,
        {# Round amounts add up by chance, and so do two items that nothing else brings together; what a counterparty's
           document comes to is one amount. #}
        case
            when
                day_totals.kind = 'counterparty, reference'
                and {{ are_of_one_script('bank_items.name_words', 'day_totals.name_words') }}
                and not {{ names_nobody_alike('bank_items.', 'day_totals.') }}
                then rules.posting
            when
                day_totals.item_count = 2
                and (
                    day_totals.kind in ('all', 'unreferenced')
                    or {{ names_nobody_alike('bank_items.', 'day_totals.') }}
                )
                then 'suggestion'
            when
                abs(day_totals.amount) * 1000 / day_totals.choices
                < {{ var('subset_sum_chance') }} * day_totals.step
                / case
                    when day_totals.tells_transfer = 1 and {{ tells_transfer('bank_items.memo') }}
                        then {{ var('odds_against') }}
                    else 1
                end
                then 'suggestion'
            else rules.posting
        end as posting,
        rules.wait_days,
        day_totals.kind,
        day_totals.day_key,
        day_totals.left_out_item_id,
        day_totals.charge_item_id,
        day_totals.place,
        bank_items.name_words as bank_name_words,
        coalesce({{ is_cut_of('bank_items.counterparty_key', 'day_totals.counterparty_key') }}, false) as has_same_name,
        day_totals.direction,
        day_totals.item_on,
        greatest(bank_items.business_day_number, day_totals.business_day_number) as completed_day,
        greatest(bank_items.counted_on, day_totals.counted_on) as completed_on,
        row_number() over (
            partition by bank_items.item_id, day_totals.item_on
            order by
                day_totals.place,
                case day_totals.kind
                    when 'counterparty, reference' then 1
                    when 'counterparty' then 2
                    when 'counterparty, memo' then 3
                    when 'memo' then 4
                    else 5
                end,
                day_totals.kind,
                day_totals.day_key,
                day_totals.left_out_item_id,
                day_totals.charge_item_id
        ) as precedence,
        count(*) over (partition by bank_items.item_id, day_totals.place) as days_of_kind,
        count(*) over (
            partition by bank_items.item_id, day_totals.item_on, day_totals.kind, day_totals.place
        ) as totals_of_day,
        min(day_totals.place) over (partition by bank_items.item_id) = day_totals.place as is_of_best_kind
    from open_items as bank_items
    inner join day_totals
        on
            bank_items.account_id = day_totals.account_id
            and bank_items.currency = day_totals.currency
            and bank_items.amount = day_totals.amount
            and (
                day_totals.kind not in ('counterparty', 'counterparty, memo', 'counterparty, reference')
                or not {{ names_another('bank_items.', 'day_totals.') }}
            )
    inner join rules
        on
            bank_items.account_id = rules.account_id
            and bank_items.business_day_number - day_totals.business_day_number
            between -rules.bank_days_before_ledger and rules.bank_days_after_ledger
    where bank_items.side = 'bank'

),

{# Days of a counterparty that a name of the bank paid whole, before. #}
proved as (

    select
        *,
        sum(
            case when place = 1 and kind = 'counterparty' and posting = 'automatic' then 1 else 0 end
        ) over (
            partition by account_id, currency, bank_name_words, day_key
            order by completed_day
            range between unbounded preceding and 1 preceding
        ) as days_paid
    from candidates
    where
        precedence = 1
        and is_of_best_kind

),

accepted as (

    select
        *,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'bank_item_id']) }} as match_id,
        count(*) over (partition by bank_item_id) as days_of_item
    from proved
    where
        (place < 3 and totals_of_day = 1)
        or (
            days_of_kind = 1
            and (has_same_name or coalesce(days_paid > {{ var('name_proofs') }}, false))
        )

),

{# The other way round, and on either side: an item that the other side shows as one and, on its day or the next, the
   charge for it. #}
charged_lines as (

    select
        entries.item_id as entry_id,
        shown.item_id as line_id,
        charges.item_id as charge_id,
        entries.calendar_code,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        greatest(entries.business_day_number, charges.business_day_number) as completed_day,
        greatest(entries.counted_on, shown.counted_on, charges.counted_on) as completed_on
    from charges
    inner join open_items as shown
        on
            charges.account_id = shown.account_id
            and charges.currency = shown.currency
            and charges.side = shown.side
            and charges.item_id <> shown.item_id
            and charges.business_day_number - shown.business_day_number between 0 and 1
            and abs(shown.amount) >= 10 * abs(charges.amount)
    inner join open_items as entries
        on
            shown.account_id = entries.account_id
            and shown.currency = entries.currency
            and shown.counterparty_key = entries.counterparty_key
            and shown.amount + charges.amount = entries.amount
            and shown.side <> entries.side
    inner join rules
        on
            entries.account_id = rules.account_id
            and case when shown.side = 'bank' then 1 else -1 end
            * (shown.business_day_number - entries.business_day_number)
            between -rules.bank_days_before_ledger and rules.bank_days_after_ledger
    left join accepted
        on entries.item_id = accepted.bank_item_id
    where
        charges.charges_of_day <= 16
        and accepted.bank_item_id is null

),

charged_members as (

    {% for column in ['entry_id', 'line_id', 'charge_id'] -%}
    select
        {{ column }} as item_id,
        calendar_code,
        rule_code,
        posting,
        {{ surrogate_key(['rule_code', 'entry_id', 'charge_id']) }} as match_id,
        wait_days,
        completed_day,
        completed_on
    from charged_lines
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}

),

claimed as (

    select
        accepted.bank_item_id as item_id,
        0 as is_whole_total,
        accepted.calendar_code,
        accepted.rule_code,
        accepted.posting,
        accepted.difference_kind,
        accepted.match_id,
        accepted.wait_days,
        accepted.days_of_item,
        accepted.completed_day,
        accepted.completed_on
    from accepted
    union all
    select
        day_items.item_id,
        case when accepted.amount = day_items.amount then 1 else 0 end as is_whole_total,
        accepted.calendar_code,
        accepted.rule_code,
        accepted.posting,
        accepted.difference_kind,
        accepted.match_id,
        accepted.wait_days,
        accepted.days_of_item,
        accepted.completed_day,
        accepted.completed_on
    from accepted
    inner join day_items
        on
            accepted.account_id = day_items.account_id
            and accepted.currency = day_items.currency
            and accepted.kind = day_items.kind
            and accepted.day_key = day_items.day_key
            and accepted.direction = day_items.direction
            and accepted.item_on = day_items.item_on
            and accepted.left_out_item_id is distinct from day_items.item_id
    union all
    select
        accepted.charge_item_id as item_id,
        0 as is_whole_total,
        accepted.calendar_code,
        accepted.rule_code,
        accepted.posting,
        accepted.difference_kind,
        accepted.match_id,
        accepted.wait_days,
        accepted.days_of_item,
        accepted.completed_day,
        accepted.completed_on
    from accepted
    where accepted.charge_item_id is not null
    union all
    select
        charged_members.item_id,
        0 as is_whole_total,
        charged_members.calendar_code,
        charged_members.rule_code,
        charged_members.posting,
        cast(null as string) as difference_kind,
        charged_members.match_id,
        charged_members.wait_days,
        1 as days_of_item,
        charged_members.completed_day,
        charged_members.completed_on
    from charged_members

),

{# A day that adds up to two lines, or a line to two days, tells nothing; nor do items that cancel beside one that is
   the line's amount alone. #}
counted as (

    select
        *,
        count(*) over (partition by item_id) as claims_of_item
    from claimed
    where days_of_item = 1

),

unique_matches as (

    select match_id
    from counted
    group by match_id
    having
        max(claims_of_item) = 1
        and max(is_whole_total) = 0

),

members as (

    select counted.*
    from counted
    inner join unique_matches
        on counted.match_id = unique_matches.match_id

)

{{ claims('members') }}
