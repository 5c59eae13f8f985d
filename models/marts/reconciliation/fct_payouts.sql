{# A payout and the line of the bank that received it: same currency and amount, a few days apart, and the line names
   the payout or its processor. #}
with payout_lines as (

    select * from {{ ref('fct_payout_lines') }}
    where disposition in ('kept', 'stated')

),

statement_lines as (

    select
        statement_line_id,
        account_id,
        currency,
        amount,
        statement_on,
        ' ' || {{ regexp_replace_all(
            "upper(coalesce(counterparty, '') || ' ' || coalesce(memo, '') || ' ' || coalesce(reference, ''))",
            '[^A-Z0-9_]+',
            ' '
        ) }} || ' ' as words
    from {{ ref('int_bank_statement_lines_classified') }}
    where
        disposition = 'kept'
        and amount <> 0

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

processor_words as (

    select distinct
        processor,
        {{ each_word('bank_words') }} as word
    from {{ ref('settlement_profiles') }}

),

totals as (

    select
        payout_id,
        max(processor) as processor,
        max(merchant) as merchant,
        max(payout_reference) as payout_reference,
        max(currency) as currency,
        sum(case when settlement_kind in ('payout', 'summary') then 0 else 1 end) as line_count,
        {# Of a payout of which no line is listed, the summary counts. #}
        sum(
            case when settlement_kind in ('sale', 'summary') and disposition = 'kept' then gross_amount else 0 end
        ) as sale_amount,
        sum(case when settlement_kind = 'refund' then gross_amount else 0 end) as refund_amount,
        sum(case when settlement_kind = 'chargeback' then gross_amount else 0 end) as chargeback_amount,
        sum(
            case
                when disposition = 'stated' then 0
                when settlement_kind = 'fee' then net_amount
                else fee_amount
            end
        ) as fee_amount,
        sum(case when settlement_kind in ('reserve', 'adjustment') then gross_amount else 0 end) as other_amount,
        {# What an instant payout costs stands in its own row. #}
        sum(
            case
                when disposition = 'stated' then 0
                when settlement_kind = 'payout' then fee_amount
                else net_amount
            end
        ) as lines_amount,
        -sum(case when settlement_kind = 'payout' then gross_amount end) as stated_in_row,
        sum(case when settlement_kind = 'summary' then net_amount end) as stated_in_summary,
        max(case when settlement_kind = 'payout' then balance end) as balance,
        max(case when settlement_kind = 'payout' then occurred_at end) as paid_at,
        min(occurred_at) as first_line_at,
        coalesce(
            max(paid_on), max(case when settlement_kind = 'payout' then occurred_on end), max(occurred_on)
        ) as paid_on
    from payout_lines
    group by payout_id

),

{# What stays with the processor after a payout is part of the next one. #}
opening_balances as (

    select
        payout_id,
        opening_balance
    from (
        select
            payout_id,
            balance - net_amount as opening_balance,
            row_number() over (
                partition by processor, merchant, currency order by occurred_at, line_number, settlement_line_id
            ) as place
        from payout_lines
        where balance is not null
    ) as placed
    where place = 1

),

carried as (

    select
        totals.*,
        coalesce(
            coalesce(
                lag(totals.balance) over (
                    partition by totals.processor, totals.merchant, totals.currency order by totals.paid_at
                ),
                opening_balances.opening_balance
            ) - totals.balance,
            0
        ) as carried_amount
    from totals
    left join opening_balances
        on totals.payout_id = opening_balances.payout_id

),

{# Of two statements the one that contradicts the lines counts. #}
stated as (

    select
        *,
        lines_amount + carried_amount as net_amount,
        coalesce(
            nullif(stated_in_row, lines_amount + carried_amount), stated_in_summary, stated_in_row
        ) as stated_amount
    from carried

),

payouts as (

    select
        stated.*,
        coalesce(stated.stated_amount, stated.net_amount) as paid_amount,
        as_of_date.as_of_on
    from stated
    cross join as_of_date
    where stated.paid_on <= as_of_date.as_of_on

),

processors as (

    select
        payouts.processor,
        payouts.currency,
        processor_words.word,
        min(payouts.paid_on) as first_on
    from payouts
    inner join processor_words
        on payouts.processor = processor_words.processor
    group by payouts.processor, payouts.currency, processor_words.word

),

{# Lines that name a processor whose reports have come. #}
named_lines as (

    select
        statement_lines.statement_line_id,
        processors.processor,
        min(statement_lines.account_id) as account_id,
        min(statement_lines.currency) as currency,
        min(statement_lines.words) as words,
        min(statement_lines.amount) as amount,
        min(statement_lines.statement_on) as statement_on,
        min(processors.first_on) as first_on
    from statement_lines
    inner join processors
        on
            statement_lines.currency = processors.currency
            and position(' ' || processors.word || ' ' in statement_lines.words) > 0
    cross join as_of_date
    where statement_lines.statement_on <= as_of_date.as_of_on
    group by statement_lines.statement_line_id, processors.processor

),

candidates as (

    select
        payouts.payout_id,
        statement_lines.statement_line_id,
        row_number() over (
            partition by payouts.payout_id
            order by
                case when {{ names_payout('statement_lines.words', 'payouts.payout_reference') }} then 0 else 1 end,
                abs({{ days_between('statement_lines.statement_on', 'payouts.paid_on') }}),
                statement_lines.statement_line_id
        ) as line_rank,
        row_number() over (
            partition by statement_lines.statement_line_id
            order by
                case when {{ names_payout('statement_lines.words', 'payouts.payout_reference') }} then 0 else 1 end,
                abs({{ days_between('statement_lines.statement_on', 'payouts.paid_on') }}),
                payouts.payout_id
        ) as payout_rank
    from payouts
    inner join statement_lines
        on
            payouts.currency = statement_lines.currency
            and payouts.paid_amount = statement_lines.amount
            and payouts.as_of_on >= statement_lines.statement_on
            and statement_lines.statement_on >= {{ days_later('payouts.paid_on', -var('payout_days_before')) }}
            and statement_lines.statement_on <= {{ days_later('payouts.paid_on', var('payout_days_after')) }}
    left join named_lines
        on
            payouts.processor = named_lines.processor
            and statement_lines.statement_line_id = named_lines.statement_line_id
    where
        named_lines.statement_line_id is not null
        or {{ names_payout('statement_lines.words', 'payouts.payout_reference') }}

),

ranked as (

    select
        payout_id,
        statement_line_id,
        row_number() over (partition by payout_id order by line_rank, statement_line_id) as place_of_payout,
        row_number() over (partition by statement_line_id order by line_rank, payout_id) as place_of_line
    from candidates
    where line_rank = payout_rank

),

received as (

    select
        payout_id,
        statement_line_id
    from ranked
    where
        place_of_payout = 1
        and place_of_line = 1

),

{# What was received with another amount: a line without a payout of its amount, near this one's or naming it. #}
left_over as (

    select
        payouts.payout_id,
        named_lines.statement_line_id,
        row_number() over (
            partition by payouts.payout_id
            order by abs(named_lines.amount - payouts.paid_amount), named_lines.statement_line_id
        ) as line_rank,
        row_number() over (
            partition by named_lines.statement_line_id
            order by abs(named_lines.amount - payouts.paid_amount), payouts.payout_id
        ) as payout_rank
    from payouts
    inner join named_lines
        on
            payouts.processor = named_lines.processor
            and payouts.currency = named_lines.currency
            and named_lines.statement_on >= {{ days_later('payouts.paid_on', -var('payout_days_before')) }}
            and named_lines.statement_on <= {{ days_later('payouts.paid_on', var('payout_days_after')) }}
    left join received as received_payouts
        on payouts.payout_id = received_payouts.payout_id
    left join received as received_lines
        on named_lines.statement_line_id = received_lines.statement_line_id
    where
        received_payouts.payout_id is null
        and received_lines.statement_line_id is null
        and payouts.paid_amount <> 0
        and (
            abs(named_lines.amount - payouts.paid_amount) * 100
            <= abs(payouts.paid_amount) * {{ var('payout_difference_percent') }}
            or {{ names_payout('named_lines.words', 'payouts.payout_reference') }}
        )

),

linked as (

    select * from received
    union all
    select
        payout_id,
        statement_line_id
    from left_over
    where
        line_rank = 1
        and payout_rank = 1

),

judged as (

    select
        payouts.payout_id,
        statement_lines.statement_line_id,
        statement_lines.account_id,
        payouts.processor,
        payouts.merchant,
        payouts.payout_reference,
        case
            when payouts.stated_amount <> payouts.net_amount then 'contradictory'
            when statement_lines.amount <> payouts.net_amount then 'differs'
            when statement_lines.statement_line_id is not null then 'proved'
            when payouts.net_amount = 0 then 'nothing_due'
            when {{ days_later('payouts.paid_on', var('payout_days_after')) }} < payouts.as_of_on then 'overdue'
            else 'awaited'
        end as status,
        payouts.currency,
        payouts.line_count,
        {{ days_between('payouts.paid_on', 'coalesce(statement_lines.statement_on, payouts.as_of_on)') }} as age_days,
        payouts.sale_amount,
        payouts.refund_amount,
        payouts.chargeback_amount,
        payouts.fee_amount,
        payouts.other_amount,
        payouts.carried_amount,
        payouts.net_amount,
        payouts.stated_amount,
        statement_lines.amount as received_amount,
        payouts.paid_on,
        statement_lines.statement_on as received_on
    from payouts
    left join linked
        on payouts.payout_id = linked.payout_id
    left join statement_lines
        on linked.statement_line_id = statement_lines.statement_line_id
    union all
    {# Of what came before the first report nobody expects one. #}
    select
        {{ surrogate_key(["'statement_line'", 'named_lines.statement_line_id']) }} as payout_id,
        named_lines.statement_line_id,
        max(named_lines.account_id) as account_id,
        min(named_lines.processor) as processor,
        '' as merchant,
        cast(null as string) as payout_reference,
        'no_report' as status,
        max(named_lines.currency) as currency,
        0 as line_count,
        {{ days_between('max(named_lines.statement_on)', 'max(as_of_date.as_of_on)') }} as age_days,
        0 as sale_amount,
        0 as refund_amount,
        0 as chargeback_amount,
        0 as fee_amount,
        0 as other_amount,
        0 as carried_amount,
        0 as net_amount,
        cast(null as decimal(28, 5)) as stated_amount,
        max(named_lines.amount) as received_amount,
        cast(null as date) as paid_on,
        max(named_lines.statement_on) as received_on
    from named_lines
    cross join as_of_date
    left join linked
        on named_lines.statement_line_id = linked.statement_line_id
    where
        linked.statement_line_id is null
        and named_lines.statement_on >= named_lines.first_on
    group by named_lines.statement_line_id

)

select
    payout_id,
    statement_line_id,
    account_id,
    processor,
    merchant,
    payout_reference,
    status,
    currency,
    cast(line_count as integer) as line_count,
    cast(age_days as integer) as age_days,
    cast(sale_amount as decimal(28, 5)) as sale_amount,
    cast(refund_amount as decimal(28, 5)) as refund_amount,
    cast(chargeback_amount as decimal(28, 5)) as chargeback_amount,
    cast(fee_amount as decimal(28, 5)) as fee_amount,
    cast(other_amount as decimal(28, 5)) as other_amount,
    cast(carried_amount as decimal(28, 5)) as carried_amount,
    cast(net_amount as decimal(28, 5)) as net_amount,
    cast(stated_amount as decimal(28, 5)) as stated_amount,
    cast(received_amount as decimal(28, 5)) as received_amount,
    paid_on,
    received_on
from judged
