{#- What alone has the amount of a charge, by chance, and is none itself. -#}
{%- set shares_the_amount_alone -%}
    not (
        coalesce(runners_up.has_same_amount, false)
        or nearest.has_same_reference
        or nearest.has_same_counterparty
        or nearest.candidate_counterparty is null
        or {{ tells_charge('candidates.memo') }}
        or {{ has_word('candidates.memo', 'interest_words') }}
        or {{ has_word('nearest.candidate_counterparty', 'bank_names') }}
    )
{%- endset -%}
with items as (

    select * from {{ ref('int_items_cleared') }}

),

nearest as (

    select * from {{ ref('int_nearest_candidates') }}
    where candidate_rank = 1

),

runners_up as (

    select * from {{ ref('int_nearest_candidates') }}
    where candidate_rank = 2

),

rules as (

    select * from {{ ref('match_rules') }}

),

{# What all items of a match have in common, and how many like them chance alone would put as near. #}
partners as (

    select
        items.match_id,
        sum(case when items.side = 'bank' then 1 else 0 end) as bank_item_count,
        sum(case when items.side = 'ledger' then 1 else 0 end) as ledger_item_count,
        sum(case when items.side = 'bank' then items.amount else -items.amount end) as difference,
        coalesce(
            min(items.reference_key) = max(items.reference_key) and count(items.reference_key) = count(*), false
        ) as has_one_reference,
        coalesce(
            min(coalesce(left_items.counterparty_key, items.counterparty_key))
            = max(coalesce(left_items.counterparty_key, items.counterparty_key))
            and count(coalesce(left_items.counterparty_key, items.counterparty_key)) = count(*),
            false
        ) as has_one_counterparty,
        case when count(*) = 2 then max(rates.daily_rate) end
        * (2 * (max(items.business_day_number) - min(items.business_day_number)) + 1) as coincidences
    from items
    left join {{ ref('int_items_left_by_reference') }} as left_items
        on items.item_id = left_items.item_id
    left join {{ ref('int_amount_rates') }} as rates
        on items.item_id = rates.item_id
    where items.match_id is not null
    group by items.match_id

),

rates as (

    select * from {{ ref('int_amount_rates') }}

),

{# What the bank's own code says of a line that is open; the longest pattern counts. #}
meanings as (

    select
        item_id,
        meaning
    from (
        select
            coded.item_id,
            codes.meaning,
            row_number() over (
                partition by coded.item_id
                order by length(codes.code_pattern) desc, codes.scheme asc, codes.meaning asc
            ) as precedence
        from (
            {% for code in ['transaction_code', 'proprietary_code'] -%}
            select
                items.item_id,
                bank_lines.{{ code }} as code,
                bank_lines.{{ code }}_scheme as scheme
            from {{ ref('int_bank_statement_lines_classified') }} as bank_lines
            inner join items
                on bank_lines.statement_line_id = items.item_id
            where
                bank_lines.disposition = 'kept'
                and items.match_id is null
            {{- '' if loop.last else '\n            union all\n            ' }}
            {%- endfor %}
        ) as coded
        inner join {{ ref('transaction_codes') }} as codes
            on
                coded.scheme = codes.scheme
                and coded.code like codes.code_pattern
    ) as ranked
    where precedence = 1

),

expected as (

    select * from {{ ref('int_items_expected') }}

),

searches as (

    select * from {{ ref('int_subset_sum_searches') }}

),

transfer_legs as (

    select
        legs.item_id,
        other_items.account_id as other_account_id,
        other_items.item_on as other_on
    from {{ ref('int_own_transfer_legs') }} as legs
    inner join items as other_items
        on legs.other_item_id = other_items.item_id
    where other_items.match_id is null

),

{# Open items whose partner stands where no pass looks: on another account, or with the other sign. Both name one
   reference and have one amount. #}
open_references as (

    select distinct
        items.item_id,
        items.account_id,
        items.side,
        items.currency,
        abs(items.amount) as absolute_amount,
        items.amount,
        items.item_on,
        item_references.number
    from items
    inner join {{ ref('int_item_references') }} as item_references
        on items.item_id = item_references.item_id
    where
        items.match_id is null
        and items.amount <> 0
        and item_references.reference_kind <> 'short'

),

partners_elsewhere as (

    select
        references_here.item_id,
        case when references_here.account_id = partners.account_id then 'other_sign' else 'other_account' end as place,
        partners.account_id as other_account_id,
        partners.item_on as other_on,
        row_number() over (
            partition by references_here.item_id
            order by
                case when references_here.account_id = partners.account_id then 1 else 0 end,
                abs({{ days_between('references_here.item_on', 'partners.item_on') }}),
                partners.item_id
        ) as precedence
    from open_references as references_here
    inner join open_references as partners
        on
            references_here.currency = partners.currency
            and references_here.absolute_amount = partners.absolute_amount
            and references_here.number = partners.number
            and references_here.side <> partners.side
            and case
                when references_here.account_id = partners.account_id
                    then references_here.amount = -partners.amount
                else references_here.amount = partners.amount
            end

),

elsewhere as (

    select * from partners_elsewhere
    where precedence = 1

),

remarks as (

    select * from {{ ref('int_item_remarks') }}

),

duplicates as (

    select * from {{ ref('int_items_repeated') }}

),

lacking as (

    select
        bank_item_id,
        sum(case when ledger_item_id is null then 1 else 0 end) as lacking_count,
        min(
            case
                when ledger_item_id is null
                    then concat(coalesce(reference || ' of ', ''), {{ money_text('amount') }})
            end
        ) as first_lacking
    from {{ ref('int_payout_orders') }}
    where not is_complete
    group by bank_item_id

),

payouts as (

    select
        payouts.statement_line_id,
        payouts.status,
        payouts.processor,
        payouts.net_amount,
        lacking.lacking_count,
        lacking.first_lacking,
        concat(payouts.processor, ' ', payouts.payout_reference) as payout_name
    from {{ ref('fct_payouts') }} as payouts
    left join lacking
        on payouts.statement_line_id = lacking.bank_item_id
    where payouts.statement_line_id is not null

),

judged as (

    select
        items.*,
        rules.rule_name,
        partners.bank_item_count,
        partners.ledger_item_count,
        partners.difference,
        case
            when items.match_id is not null
                then trim(
                    case when partners.has_one_reference then 'reference ' else '' end
                    || case when partners.has_one_counterparty then 'counterparty ' else '' end
                    || case when partners.difference = 0 then 'amount' else '' end
                )
            when nearest.candidate_item_id is not null
                then trim(
                    case when nearest.has_same_reference then 'reference ' else '' end
                    || case when nearest.has_same_counterparty then 'counterparty ' else '' end
                    || case when nearest.has_same_amount then 'amount' else '' end
                )
        end as agreed,
        case
            when items.match_id is not null or nearest.candidate_item_id is null then null
            else trim(
                case when nearest.is_contradicted then 'names ' else '' end
                || case when not nearest.has_same_amount then 'amount ' else '' end
                || case
                    when
                        nearest.bank_days_after_ledger
                        between -expected.bank_days_before_ledger and expected.bank_days_after_ledger
                        then ''
                    else 'date'
                end
            )
        end as against,
        case
            when items.match_id is not null then partners.coincidences
            else rates.daily_rate * (2 * abs(nearest.bank_days_after_ledger) + 1)
        end as coincidences,
        nearest.candidate_item_id,
        nearest.candidate_rule_code,
        nearest.candidate_reference,
        coalesce(nearest.candidate_counterparty, case when nearest.candidate_reference is null then candidates.memo end)
            as candidate_name,
        nearest.candidate_amount,
        nearest.candidate_on,
        nearest.bank_days_after_ledger,
        nearest.score,
        runners_up.candidate_item_id as runner_up_item_id,
        runners_up.score as runner_up_score,
        remarks.remark,
        duplicates.first_item_id as repeated_item_id,
        payouts.processor,
        payouts.payout_name,
        payouts.net_amount as payout_amount,
        payouts.lacking_count,
        payouts.first_lacking,
        coalesce(transfer_legs.other_account_id, elsewhere.other_account_id) as other_account_id,
        coalesce(transfer_legs.other_on, elsewhere.other_on) as other_on,
        searches.outcome as search_outcome,
        searches.candidate_count as search_candidate_count,
        expected.bank_days_before_ledger,
        expected.bank_days_after_ledger as longest_after,
        expected.expected_by_on,
        case
            when items.match_id is not null then null
            when remarks.status is not null then remarks.status
            when items.amount = 0 then 'no_amount'
            when items.item_kind in ('statement_gap', 'match_difference', 'change_after_close') then items.item_kind
            when payouts.status in ('contradictory', 'differs') then 'payout_differs'
            when payouts.lacking_count > 0 then 'payout_incomplete'
            when nearest.has_swapped_digits and (nearest.has_same_reference or nearest.has_same_counterparty)
                then 'swapped_digits'
            when duplicates.item_id is not null then 'duplicate'
            when
                transfer_legs.item_id is not null
                and not coalesce(nearest.has_same_amount and nearest.candidate_match_id is null, false)
                then 'own_transfer'
            when elsewhere.item_id is not null then elsewhere.place
            when
                items.side = 'bank' and items.amount < 0
                and (coalesce(nearest.score, 0) < 21 or {{ shares_the_amount_alone }})
                and (
                    meanings.meaning in ('charge', 'interest')
                    or (
                        meanings.meaning is null
                        and {{ tells_charge('items.memo') }}
                        {# What is paid to somebody else is no charge of the bank. #}
                        and (
                            items.counterparty is null
                            or {{ has_word('items.counterparty', 'bank_names') }}
                            or {{ ends_with_charge('items.counterparty') }}
                        )
                    )
                )
                then 'bank_charge'
            when
                items.side = 'bank' and items.amount > 0
                and (coalesce(nearest.score, 0) < 21 or {{ shares_the_amount_alone }})
                and (
                    meanings.meaning = 'interest'
                    or (meanings.meaning is null and {{ has_word('items.memo', 'interest_words') }})
                )
                then 'bank_interest'
            when coalesce(nearest.score, 0) < 30 and payouts.status = 'no_report' then 'no_report'
            when items.side = 'bank' and coalesce(nearest.score, 0) < 21 then 'not_booked'
            when items.side = 'ledger' and coalesce(nearest.score, 0) < 30 and expected.is_break then 'overdue'
            when items.side = 'ledger' and coalesce(nearest.score, 0) < 30 then 'in_transit'
            when nearest.candidate_match_id is not null then 'candidate_matched'
            when nearest.is_contradicted then 'contradiction'
            when not nearest.has_same_amount then 'amount'
            when
                not coalesce(
                    nearest.bank_days_after_ledger
                    between -expected.bank_days_before_ledger and expected.bank_days_after_ledger,
                    false
                )
                then 'window'
            when runners_up.score >= nearest.score and runners_up.candidate_match_id is null then 'ambiguous'
            when nearest.has_same_reference then 'in_doubt'
            else 'chance'
        end as failed_condition
    from items
    left join rules
        on items.rule_code = rules.rule_code
    left join partners
        on items.match_id = partners.match_id
    left join nearest
        on items.item_id = nearest.item_id
    left join items as candidates
        on nearest.candidate_item_id = candidates.item_id
    left join runners_up
        on items.item_id = runners_up.item_id
    left join expected
        on items.item_id = expected.item_id
    left join searches
        on items.item_id = searches.target_id
    left join transfer_legs
        on items.item_id = transfer_legs.item_id
    left join rates
        on items.item_id = rates.item_id
    left join elsewhere
        on items.item_id = elsewhere.item_id
    left join meanings
        on items.item_id = meanings.item_id
    left join remarks
        on items.item_id = remarks.item_id
    left join duplicates
        on items.item_id = duplicates.item_id
    left join payouts
        on items.item_id = payouts.statement_line_id

),

worded as (

    select
        *,
        case
            when match_id is not null
                then concat(
                    rule_name, ': ', cast(bank_item_count as string), ' of the bank, ',
                    cast(ledger_item_count as string), ' of the books'
                )
            when failed_condition = 'no_amount' then 'It moves nothing, so nothing is missing on the other side'
            when failed_condition = 'statement_gap' then 'No statement line explains this movement'
            when failed_condition = 'match_difference' and memo = 'opening difference'
                then 'Outstanding when the account was opened, and not listed'
            when failed_condition = 'match_difference' then concat('The books lack this difference of a match: ', memo)
            when failed_condition = 'change_after_close' then 'An item of a closed date changed by this amount'
            when failed_condition = 'swapped_digits'
                then concat(
                    'The nearest item has ', {{ money_text('candidate_amount') }}, ' instead of ',
                    {{ money_text('amount') }}, ': two neighbouring digits are exchanged'
                )
            when failed_condition = 'duplicate' then concat('Repeats item ', repeated_item_id, ', which is matched')
            when failed_condition = 'own_transfer'
                then concat(
                    'The other leg of this transfer is on account ', other_account_id, ', ', cast(other_on as string),
                    '; the other side has neither'
                )
            when failed_condition = 'bank_charge' then 'A charge of the bank that the books have not booked'
            when failed_condition = 'bank_interest' then 'Interest of the bank that the books have not booked'
            when failed_condition = 'payout_differs'
                then concat('The report of payout ', payout_name, ' has lines of ', {{ money_text('payout_amount') }})
            when failed_condition = 'payout_incomplete'
                then concat(
                    'Of what payout ', payout_name, ' is made of the books lack ', cast(lacking_count as string),
                    case when lacking_count = 1 then ' line: ' else ' lines, among them ' end, first_lacking
                )
            when failed_condition = 'no_report'
                then concat('It names ', processor, ', and no settlement report has a payout of this amount')
            when failed_condition = 'not_booked'
                then 'The books have no open item with this reference, and none near it with this amount'
            when failed_condition = 'overdue'
                then concat('No statement shows it, and it was expected by ', cast(expected_by_on as string))
            when failed_condition = 'in_transit'
                then concat('No statement shows it yet; it is expected by ', cast(expected_by_on as string))
            when failed_condition = 'candidate_matched'
                then concat(
                    'The nearest item of the other side, of ', cast(candidate_on as string),
                    ', is matched with another one by ', candidate_rule_code
                )
            when failed_condition = 'contradiction'
                then concat(
                    'The nearest item, of ', cast(candidate_on as string), ', names something else: ',
                    trim(concat(coalesce(candidate_reference, ''), ' ', coalesce(candidate_name, '')))
                )
            when failed_condition = 'amount'
                then concat(
                    'The nearest item has ', {{ money_text('candidate_amount') }}, ', a difference of ',
                    {{ money_text('amount - candidate_amount') }}, ', which no rule posts'
                )
            when failed_condition = 'window'
                then concat(
                    'The nearest item ', case when agreed = 'amount' then 'has this amount' else 'agrees' end,
                    ', but the bank is ', cast(abs(bank_days_after_ledger) as string),
                    ' business days ', case when bank_days_after_ledger < 0 then 'before' else 'after' end,
                    ' the books, and the rules allow ', cast(bank_days_before_ledger as string), ' before and ',
                    cast(longest_after as string), ' after'
                )
            when failed_condition = 'ambiguous' then 'Two items or more agree equally well'
            when failed_condition = 'in_doubt'
                then 'The nearest item has this number and amount, but so has another, or what else they name differs'
            when failed_condition = 'chance' and agreed = 'amount' and coincidences <= {{ var('coincidences_at_most') }}
                then 'Such an amount is rare here, and nothing else of the nearest item agrees'
            when failed_condition = 'chance'
                then 'Nothing decisive speaks for the nearest item, and such an amount may stand there by chance'
            when failed_condition = 'other_account'
                then concat(
                    'An open item of the other side agrees with it on account ', other_account_id, ', ',
                    cast(other_on as string)
                )
            when failed_condition = 'other_sign'
                then concat(
                    'An open item of the other side agrees with it but for the sign, ', cast(other_on as string)
                )
            else remark
        end as main_reason,
        case
            when match_id is not null and difference <> 0
                then concat(
                    '; they differ by ', {{ money_text('difference') }}, ', ', replace(difference_kind, '_', ' ')
                )
            when failed_condition not in ('not_booked', 'overdue', 'in_transit', 'candidate_matched', 'amount') then ''
            when search_outcome = 'several'
                then concat(
                    '. Among ', cast(search_candidate_count as string), ' open items several sets add up to it'
                )
            when search_outcome = 'chance'
                then concat(
                    '. A set of the ', cast(search_candidate_count as string),
                    ' open items near it adds up, as sets of such amounts do by chance'
                )
            when search_outcome = 'none'
                then concat(
                    '. No set of the ', cast(search_candidate_count as string), ' open items near it adds up to it'
                )
            else ''
        end as further_reason
    from judged

)

select
    item_id,
    account_id,
    match_id,
    rule_code,
    candidate_item_id as nearest_item_id,
    runner_up_item_id,
    failed_condition,
    main_reason || further_reason as explanation,
    nullif(agreed, '') as agreed,
    nullif(against, '') as against,
    cast(score as integer) as score,
    cast(runner_up_score as integer) as runner_up_score,
    {{ six_digits('coincidences') }} as coincidences,
    item_on
from worded
