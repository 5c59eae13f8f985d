{# How many candidates an explanation names. -#}
{%- set named_lines = 3 -%}

{# A file that was delivered again under its name, changed, is another scope. -#}
{%- set statement_scope -%}
concat(
            account_id, ' ', file_path, ' statement ', cast(statement_number as string),
            case when delivery_number > 1 then concat(' of delivery ', cast(delivery_number as string)) else '' end
        )
{%- endset %}

with statements as (

    select
        *,
        row_number() over (
            partition by account_id, file_path, statement_number
            order by load_id, statement_id
        ) as delivery_number
    from {{ ref('fct_bank_statements') }}

),

{# A gap that is the difference of a statement's own proof, or of its link to the one before, is red there. #}
gaps as (

    select
        balances.account_id,
        balances.currency,
        balances.gap_amount,
        balances.date_on
    from {{ ref('int_bank_balances') }} as balances
    left join statements
        on
            balances.account_id = statements.account_id
            and balances.date_on = statements.period_end_on
            and balances.gap_amount
            = coalesce(statements.proof_difference, 0) + coalesce(statements.gap_to_previous_closing, 0)
    where
        balances.gap_amount <> 0
        and statements.statement_id is null

),

doubtful_lines as (

    select
        *,
        row_number() over (
            partition by account_id, gap_on, case when gap_on is null then statement_on end
            order by statement_on, statement_line_id
        ) as place_number
    from {{ ref('int_bank_lines_repeated') }}
    where not is_proved

),

doubts as (

    select
        account_id,
        gap_on,
        coalesce(gap_on, statement_on) as date_on,
        count(*) as line_count,
        {%- for place in range(1, named_lines + 1) %}
        coalesce(
            max(
                case
                    when place_number = {{ place }}
                        then concat(
                            '. The ', {{ money_text('amount') }}, ' of ', cast(statement_on as string), ' in ', place,
                            ' may be that of ', cast(repeated_on as string), ' in ', repeated_place
                        )
                end
            ), ''
        )
        {{- ' ||' if not loop.last }}
        {%- endfor %} as words
    from doubtful_lines
    group by account_id, gap_on, coalesce(gap_on, statement_on)

),

{# Two statements of the same days under one number: the bank may have corrected the first. #}
restatements as (

    select
        gaps.account_id,
        gaps.date_on,
        max(
            concat(
                '. ', corrected.file_path, ' and ', correcting.file_path,
                ' state the same days under one number: if the bank corrected the first, decide replace ',
                corrected.statement_id, ' ', correcting.statement_id
            )
        ) as words
    from gaps
    inner join statements as corrected
        on
            gaps.account_id = corrected.account_id
            and gaps.date_on between corrected.period_start_on and corrected.period_end_on
    inner join statements as correcting
        on
            corrected.account_id = correcting.account_id
            and corrected.period_start_on = correcting.period_start_on
            and corrected.period_end_on = correcting.period_end_on
            and corrected.load_id || corrected.statement_id < correcting.load_id || correcting.statement_id
    where
        corrected.statement_reference = correcting.statement_reference
        or corrected.sequence_number = correcting.sequence_number
    group by gaps.account_id, gaps.date_on

)

select
    'statement_proof' as control_code,
    {{ statement_scope }} as scope,
    'amount' as measure,
    currency,
    'Opening balance plus movements against closing balance' as explanation,
    opening_balance + movements as expected,
    closing_balance as actual,
    period_end_on as business_date
from statements
where proof_difference is not null
union all
select
    'statement_chain' as control_code,
    {{ statement_scope }} as scope,
    'amount' as measure,
    currency,
    'Closing balance before the statement against its opening balance' as explanation,
    previous_closing_balance as expected,
    opening_balance as actual,
    period_end_on as business_date
from statements
where gap_to_previous_closing is not null
union all
select
    'statement_gap' as control_code,
    gaps.account_id as scope,
    'amount' as measure,
    gaps.currency,
    'Movement of the balance that no line explains' || coalesce(doubts.words, '') || coalesce(restatements.words, '')
        as explanation,
    0 as expected,
    gaps.gap_amount as actual,
    gaps.date_on as business_date
from gaps
left join doubts
    on
        gaps.account_id = doubts.account_id
        and gaps.date_on = doubts.gap_on
left join restatements
    on
        gaps.account_id = restatements.account_id
        and gaps.date_on = restatements.date_on
union all
select
    'statement_gap' as control_code,
    account_id as scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Lines that the balances cannot tell apart' || words as explanation,
    0 as expected,
    line_count as actual,
    date_on as business_date
from doubts
where gap_on is null
union all
select
    'format_end' as control_code,
    account_id || ' ' || file_format as scope,
    'statements' as measure,
    cast(null as string) as currency,
    'Statements of a day in a format that ended on ' || cast(format_ends_on as string) || ', and in no other'
        as explanation,
    0 as expected,
    case when is_only_format then 1 else 0 end as actual,
    last_covered_on as business_date
from {{ ref('int_bank_format_ends') }}
where last_covered_on >= format_ends_on
