{# What is delivered again, whole or in part, counts once: as it was delivered last. #}
with settlement_lines as (

    select * from {{ ref('stg_bank__settlement_lines') }}

),

{# Two lines of one report that nothing tells apart are two. #}
numbered as (

    select
        *,
        row_number() over (
            partition by file_hash, processor, merchant, transaction_reference, line_type, currency
            order by line_number
        ) as occurrence
    from settlement_lines

),

deliveries as (

    select
        *,
        row_number() over (
            partition by processor, merchant, transaction_reference, line_type, currency, occurrence
            order by load_id desc, file_path desc
        ) as recency,
        max(case when settlement_kind = 'summary' then load_id || ' ' || file_path end) over (
            partition by processor, merchant, payout_reference, currency
        ) as summarised_by
    from numbered

),

{# A report that states a payout, and whose lines come to it, has all of it: what an earlier one had besides was
   corrected. #}
whole_payouts as (

    select
        processor,
        merchant,
        payout_reference,
        currency,
        max(load_id || ' ' || file_path) as delivered_by
    from (
        select
            processor,
            merchant,
            payout_reference,
            currency,
            load_id,
            file_path
        from settlement_lines
        where
            payout_reference is not null
            and settlement_kind <> 'unsettled'
            and not payouts_are_in_order
        group by
            processor,
            merchant,
            payout_reference,
            currency,
            load_id,
            file_path
        having
            sum(net_amount) = 0
            and max(case when settlement_kind = 'payout' then 1 else 0 end) = 1
    ) as whole
    group by
        processor,
        merchant,
        payout_reference,
        currency

),

dispositions as (

    select
        deliveries.*,
        case
            when deliveries.recency > 1 then 'superseded'
            when deliveries.settlement_kind = 'summary'
                then
                    case
                        when deliveries.load_id || ' ' || deliveries.file_path < deliveries.summarised_by
                            then 'superseded'
                        else 'kept'
                    end
            when deliveries.load_id || ' ' || deliveries.file_path < whole_payouts.delivered_by then 'superseded'
            when deliveries.settlement_kind = 'unsettled' then 'unsettled'
            else 'kept'
        end as disposition
    from deliveries
    left join whole_payouts
        on
            deliveries.processor = whole_payouts.processor
            and deliveries.merchant = whole_payouts.merchant
            and deliveries.payout_reference = whole_payouts.payout_reference
            and deliveries.currency = whole_payouts.currency

),

{# A report that names no payouts has them in the order of time: a line is part of the next one. #}
in_order as (

    select
        *,
        sum(case when settlement_kind = 'payout' then 1 else 0 end) over (
            partition by processor, merchant, currency, disposition
            order by
                occurred_at desc,
                case when settlement_kind = 'payout' then 0 else 1 end asc,
                transaction_reference asc,
                settlement_line_id asc
            rows between unbounded preceding and current row
        ) as payouts_from_here
    from dispositions
    where payouts_are_in_order

),

assigned as (

    select
        settlement_line_id,
        max(case when settlement_kind = 'payout' then payout_reference end) over (
            partition by processor, merchant, currency, disposition, payouts_from_here
        ) as next_payout_reference
    from in_order
    where disposition = 'kept'

),

referenced as (

    select
        dispositions.*,
        case
            when dispositions.disposition = 'unsettled' then cast(null as string)
            {# Two payouts of a day, which is all that names them. #}
            when
                dispositions.settlement_kind = 'summary'
                and dispositions.payout_reference = cast(dispositions.paid_on as string)
                and dispositions.occurrence > 1
                then concat(dispositions.payout_reference, ' ', cast(dispositions.occurrence as string))
            else coalesce(assigned.next_payout_reference, dispositions.payout_reference)
        end as of_payout
    from dispositions
    left join assigned
        on dispositions.settlement_line_id = assigned.settlement_line_id

),

payouts as (

    select
        processor,
        merchant,
        currency,
        of_payout,
        settlement_kind = 'summary' as is_summary,
        max(paid_on) as paid_on,
        sum(net_amount) as net_amount
    from referenced
    where
        disposition = 'kept'
        and settlement_kind <> 'payout'
        and of_payout is not null
    group by
        processor,
        merchant,
        currency,
        of_payout,
        settlement_kind = 'summary'

),

{# A payout that only its summary or only its lines name so. #}
unpaired as (

    select
        *,
        substring(of_payout, 1, 10) = cast(paid_on as string) as is_named_by_day,
        row_number() over (
            partition by processor, merchant, currency, paid_on, is_summary order by net_amount desc, of_payout asc
        ) as place
    from (
        select
            *,
            count(*) over (partition by processor, merchant, currency, of_payout) as side_count
        from payouts
    ) as counted
    where
        side_count = 1
        and paid_on is not null

),

{# The payout that a summary states: the one of its name, or where a report names payouts by their day alone, the one
   of that day. #}
summarised as (

    select
        summaries.processor,
        summaries.merchant,
        summaries.currency,
        summaries.of_payout as summary_reference,
        listed.of_payout
    from payouts as summaries
    inner join payouts as listed
        on
            summaries.processor = listed.processor
            and summaries.merchant = listed.merchant
            and summaries.currency = listed.currency
            and summaries.of_payout = listed.of_payout
    where
        summaries.is_summary
        and not listed.is_summary
    union all
    select
        summaries.processor,
        summaries.merchant,
        summaries.currency,
        summaries.of_payout as summary_reference,
        listed.of_payout
    from unpaired as summaries
    inner join unpaired as listed
        on
            summaries.processor = listed.processor
            and summaries.merchant = listed.merchant
            and summaries.currency = listed.currency
            and summaries.paid_on = listed.paid_on
            and summaries.place = listed.place
    where
        summaries.is_summary
        and not listed.is_summary
        and (summaries.is_named_by_day or listed.is_named_by_day)

),

placed as (

    select
        referenced.*,
        coalesce(summarised.of_payout, referenced.of_payout) as found_payout,
        summarised.of_payout is not null as is_statement
    from referenced
    left join summarised
        on
            referenced.processor = summarised.processor
            and referenced.merchant = summarised.merchant
            and referenced.currency = summarised.currency
            and referenced.of_payout = summarised.summary_reference
            and referenced.settlement_kind = 'summary'

)

select
    settlement_line_id,
    case
        when found_payout is not null
            then {{ surrogate_key(['processor', 'merchant', 'found_payout', 'currency']) }}
    end as payout_id,
    file_hash,
    processor,
    merchant,
    found_payout as payout_reference,
    transaction_reference,
    case
        when disposition = 'kept' and is_statement then 'stated'
        when disposition = 'kept' and found_payout is null then 'not_paid_out'
        else disposition
    end as disposition,
    settlement_kind,
    line_type,
    currency,
    reference,
    memo,
    original_currency,
    line_number,
    cast(gross_amount as decimal(28, 5)) as gross_amount,
    cast(fee_amount as decimal(28, 5)) as fee_amount,
    cast(net_amount as decimal(28, 5)) as net_amount,
    cast(original_amount as decimal(28, 5)) as original_amount,
    cast(balance as decimal(28, 5)) as balance,
    occurred_on,
    paid_on,
    occurred_at
from placed
