{# What must be answered, or accepted by a decision, before a pay period can be closed. A punch of nobody known stands
   in the way of every period of its day, what no period would pay of the first open one. Hours at a clock that ran
   fast are paid as it showed them, once somebody has looked: in every period of the seven days before it was set back.
   What is asked of a punch or a payslip is part of its id, so that an answer to one question is none to another. #}
with punch_questions as (

    select
        *,
        {{ workday('punched_at', "coalesce(time_zone, 'UTC')", 'coalesce(workday_starts_hour, 0)') }} as punched_on
    from {{ ref('int_punch_questions') }}

),

clock_steps as (

    {% for employee_id in ['employee_id', 'previous_employee_id'] -%}
    select
        punch_id,
        device_id,
        {{ employee_id }} as employee_id,
        seconds_back,
        punched_at,
        {{ workday('punched_at', 'time_zone', 'workday_starts_hour') }} as punched_on
    from {{ ref('int_clock_steps') }}
    {{- '' if loop.last else '\n    union\n    ' }}
    {%- endfor %}

),

{% set columns = 'pay_period_id, pay_group, question_id, question' -%}
hr_questions as (

    select {{ columns }} from {{ ref('int_hr_questions') }}
    union all
    select {{ columns }} from {{ ref('int_pay_questions') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

closed_periods as (

    select * from {{ ref('int_pay_periods_closed') }}

),

{# Of a group whose periods are all closed, the last one. #}
first_open_periods as (

    select
        pay_periods.pay_period_id,
        pay_periods.pay_group,
        row_number() over (
            partition by pay_periods.pay_group
            order by
                case when closed_periods.pay_period_id is null then 0 else 1 end,
                case
                    when closed_periods.pay_period_id is null
                        then {{ days_between("cast('1900-01-01' as date)", 'pay_periods.starts_on') }}
                    else {{ days_between('pay_periods.starts_on', "cast('1900-01-01' as date)") }}
                end,
                pay_periods.pay_period_id
        ) as place
    from pay_periods
    left join closed_periods
        on pay_periods.pay_period_id = closed_periods.pay_period_id

),

{# Nothing can be paid to an account whose prenote came back. #}
prenotes_returned as (

    select
        sent_prenotes.prenote_id,
        max(answers.reason_code) as reason_code
    from {{ ref('stg_payments__sent_prenotes') }} as sent_prenotes
    inner join {{ ref('stg_payments__payment_answers') }} as answers
        on sent_prenotes.trace_number = answers.original_trace_number
    where answers.kind = 'return'
    group by sent_prenotes.prenote_id

),

names as (

    select
        employee_id,
        name,
        row_number() over (partition by employee_id order by effective_on desc) as recency
    from employees

),

{# Of an open payslip with pay, what keeps a payment file from carrying it. #}
unpayable as (

    select distinct
        payslips.pay_period_id,
        payslips.payslip_id,
        case
            when splits.payslip_id is null
                then 'no account is in force on the payday, ' || cast(payslips.paid_on as string) || ', in bank_details'
            when
                payslips.currency = 'USD'
                and (
                    splits.routing_number is null
                    or splits.account_number is null
                    or splits.account_kind is null
                )
                then 'an account lacks routing_number, account_number or account_kind in bank_details'
            when payslips.currency = 'USD' and not {{ has_nacha_account('splits') }}
                then 'an account has a routing_number or account_number that no bank gives: correct bank_details'
            when payslips.currency <> 'USD' and splits.iban is null then 'an account lacks its iban in bank_details'
            else
                'its name has a control character, or no letter or digit that a bank can write: correct it in employees'
        end as problem
    from {{ ref('fct_payslips') }} as payslips
    left join {{ ref('int_payslip_splits') }} as splits
        on payslips.payslip_id = splits.payslip_id
    left join names
        on
            payslips.employee_id = names.employee_id
            and names.recency = 1
    where
        not payslips.is_closed
        and payslips.net_amount > 0
        and (
            splits.payslip_id is null
            or (payslips.currency = 'USD' and not {{ has_nacha_account('splits') }})
            or (payslips.currency <> 'USD' and splits.iban is null)
            or not {{ is_name_writable('names.name') }}
        )

),

acceptances as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'accept'
        and is_in_force

),

{# What risk management asks of who originates credits: an account that changed, one never paid before, and pay unlike
    what it was. #}
policies as (

    select * from {{ ref('payroll_policies') }}

),

last_pays as (

    select
        payments.employee_id,
        files.load_id,
        payments.priority,
        files.effective_on,
        row_number() over (
            partition by payments.employee_id, payments.priority order by files.load_id desc
        ) as recency
    from {{ ref('int_payment_attempts') }} as payments
    inner join {{ ref('stg_payments__payment_files') }} as files
        on payments.payment_file_id = files.payment_file_id

),

deliveries as (

    select
        details.employee_id,
        {{ account_key('details') }} as account_key,
        details.load_id,
        min(details.load_id) over (partition by details.employee_id) as first_load_id,
        details.line_number,
        details.priority,
        details.effective_on
    from {{ ref('stg_payroll__bank_details') }} as details

),

{# What HR had given when a payment was written. An account that HR had given before that, or that had no part of the
    pay, was not paid. #}
paid_accounts as (

    select
        deliveries.employee_id,
        deliveries.account_key,
        deliveries.priority,
        row_number() over (
            partition by deliveries.employee_id, deliveries.priority
            order by deliveries.effective_on desc, deliveries.load_id desc, deliveries.line_number desc
        ) as recency
    from deliveries
    inner join last_pays
        on
            deliveries.employee_id = last_pays.employee_id
            and deliveries.priority = last_pays.priority
            and last_pays.recency = 1
    where
        deliveries.load_id < last_pays.load_id
        and deliveries.effective_on <= last_pays.effective_on

),

accounts as (

    select
        deliveries.employee_id,
        deliveries.account_key,
        min(deliveries.load_id) as load_id,
        min(deliveries.first_load_id) as first_load_id,
        max(last_pays.effective_on) as last_paid_on,
        max(case when paid_accounts.account_key = deliveries.account_key then 1 else 0 end) = 1 as was_paid
    from deliveries
    left join last_pays
        on
            deliveries.employee_id = last_pays.employee_id
            and last_pays.recency = 1
    left join paid_accounts
        on
            last_pays.employee_id = paid_accounts.employee_id
            and last_pays.priority = paid_accounts.priority
            and paid_accounts.recency = 1
    group by deliveries.employee_id, deliveries.account_key

),

groups_paid as (

    select distinct pay_periods.pay_group
    from {{ ref('stg_payments__payment_files') }} as files
    inner join pay_periods
        on files.pay_period_id = pay_periods.pay_period_id

),

open_splits as (

    select
        splits.*,
        {{ account_key('splits') }} as account_key,
        {{ prenote_id('splits') }} as prenote_id
    from {{ ref('int_payslip_splits') }} as splits
    where not splits.is_closed

),

risky_accounts as (

    select distinct
        splits.payslip_id,
        splits.pay_period_id,
        splits.account_key,
        case
            when accounts.last_paid_on is not null and not accounts.was_paid
                then 'has changed since the last pay, of ' || cast(accounts.last_paid_on as string)
            when
                accounts.load_id > accounts.first_load_id
                and {{ days_between(
                    'cast(' ~ load_time('accounts.load_id') ~ ' as date)', 'splits.paid_on'
                ) }} <= policies.value
                then concat(
                    'came on ', cast(cast({{ load_time('accounts.load_id') }} as date) as string),
                    ', close to the payday, ', cast(splits.paid_on as string)
                )
            when
                accounts.last_paid_on is null
                and groups_paid.pay_group is not null
                and sent_prenotes.prenote_id is null
                then 'was never paid to, nor tried by a file before'
            when
                accounts.last_paid_on is null
                and {{ days_between('sent_prenotes.effective_on', 'splits.paid_on') }} < prenote_waits.value
                then concat(
                    'was never paid to, and whose prenote of ', cast(sent_prenotes.effective_on as string),
                    ' may still come back'
                )
        end as problem
    from open_splits as splits
    inner join pay_periods
        on splits.pay_period_id = pay_periods.pay_period_id
    inner join policies
        on
            policies.policy_code = 'account_change_days'
            and {{ in_force('policies', 'splits.paid_on') }}
    left join policies as prenote_waits
        on
            prenote_waits.policy_code = 'prenote_wait_days'
            and {{ in_force('prenote_waits', 'splits.paid_on') }}
    inner join accounts
        on
            splits.employee_id = accounts.employee_id
            and splits.account_key = accounts.account_key
    left join groups_paid
        on pay_periods.pay_group = groups_paid.pay_group
    left join {{ ref('stg_payments__sent_prenotes') }} as sent_prenotes
        on splits.prenote_id = sent_prenotes.prenote_id

),

closed_splits as (

    select
        splits.*,
        {{ account_key('splits') }} as account_key
    from {{ ref('int_payslip_splits') }} as splits
    where splits.is_closed

),

accounts_at_close as (

    select
        splits.payslip_id,
        splits.priority,
        deliveries.account_key,
        row_number() over (
            partition by splits.payslip_id, splits.priority
            order by deliveries.effective_on desc, deliveries.load_id desc, deliveries.line_number desc
        ) as recency
    from closed_splits as splits
    inner join closed_periods
        on splits.pay_period_id = closed_periods.pay_period_id
    inner join deliveries
        on
            splits.employee_id = deliveries.employee_id
            and splits.priority = deliveries.priority
    where
        deliveries.load_id < closed_periods.close_id
        and deliveries.effective_on <= splits.paid_on

),

paid_payslips as (

    select distinct payslip_id from {{ ref('int_payment_attempts') }}

),

payslips_with_account as (

    select distinct payslip_id from accounts_at_close

),

{# Whoever closed a period has not seen an account that HR gave afterwards. A payslip without any was closed to be paid
   when one comes. #}
late_accounts as (

    select distinct
        splits.payslip_id,
        splits.pay_period_id,
        splits.account_key
    from closed_splits as splits
    inner join {{ ref('fct_payslips') }} as payslips
        on
            splits.payslip_id = payslips.payslip_id
            and payslips.status <> 'void'
    inner join payslips_with_account
        on splits.payslip_id = payslips_with_account.payslip_id
    left join paid_payslips
        on splits.payslip_id = paid_payslips.payslip_id
    left join accounts_at_close
        on
            splits.payslip_id = accounts_at_close.payslip_id
            and splits.priority = accounts_at_close.priority
            and accounts_at_close.recency = 1
    where
        paid_payslips.payslip_id is null
        and splits.account_key is distinct from accounts_at_close.account_key

),

closed_payslips as (

    select
        employee_id,
        net_amount,
        row_number() over (partition by employee_id order by paid_on desc, payslip_id desc) as recency
    from {{ ref('fct_payslips') }}
    where is_closed and status <> 'void' and net_amount > 0

),

histories as (

    select
        employee_id,
        max(net_amount) as net_amount
    from closed_payslips
    where recency <= 6
    group by employee_id
    having count(*) >= 3

),

with_group as (

    select
        punch_questions.punch_id,
        punch_questions.employee_id,
        punch_questions.badge,
        punch_questions.question,
        punch_questions.punched_at,
        punch_questions.punched_on,
        employees.pay_group
    from punch_questions
    left join employees
        on
            punch_questions.employee_id = employees.employee_id
            and {{ in_force('employees', 'punch_questions.punched_on') }}

),

questions as (

    select
        pay_periods.pay_period_id,
        {{ surrogate_key(["'punch'", 'with_group.punch_id', 'with_group.question']) }} as question_id,
        concat(
            'Punch ', with_group.punch_id, ' of ',
            coalesce('employee ' || with_group.employee_id, 'badge ' || with_group.badge, 'no badge'), ' at ',
            cast(with_group.punched_at as string), ' UTC: ', with_group.question
        ) as question
    from with_group
    inner join pay_periods
        on
            with_group.punched_on >= pay_periods.starts_on
            and with_group.punched_on < pay_periods.ends_before_on
            and coalesce(with_group.pay_group = pay_periods.pay_group, true)
    union all
    select distinct
        pay_periods.pay_period_id,
        {{ surrogate_key(["'clock_step'", 'clock_steps.punch_id']) }} as question_id,
        concat(
            'Clock ', clock_steps.device_id, ' was set back by at least ', cast(clock_steps.seconds_back as string),
            ' seconds before punch ', clock_steps.punch_id, ' at ', cast(clock_steps.punched_at as string),
            ' UTC: it ran fast, so compare the hours punched on it until then'
        ) as question
    from clock_steps
    inner join employees
        on
            clock_steps.employee_id = employees.employee_id
            and {{ in_force('employees', 'clock_steps.punched_on') }}
    inner join pay_periods
        on
            employees.pay_group = pay_periods.pay_group
            and clock_steps.punched_on >= pay_periods.starts_on
            and {{ days_later('clock_steps.punched_on', -7) }} < pay_periods.ends_before_on
    union all
    select
        pay_period_id,
        question_id,
        question
    from hr_questions
    where pay_period_id is not null
    union all
    select
        pay_period_id,
        {{ surrogate_key(["'payslip'", 'payslip_id', 'blocked_reason']) }} as question_id,
        concat('Payslip ', payslip_id, ' cannot be calculated: ', blocked_reason) as question
    from {{ ref('fct_payslips') }}
    where status = 'blocked'
    union all
    select
        pay_period_id,
        {{ surrogate_key(["'pay_group'", 'pay_period_id']) }} as question_id,
        concat('Pay group ', pay_group, ' is unknown, so nobody is paid: deliver it in pay_groups') as question
    from pay_periods
    where currency is null
    union all
    select
        first_open_periods.pay_period_id,
        hr_questions.question_id,
        hr_questions.question
    from hr_questions
    inner join first_open_periods
        on coalesce(hr_questions.pay_group = first_open_periods.pay_group, true)
    where
        hr_questions.pay_period_id is null
        and first_open_periods.place = 1
    union all
    select
        pay_period_id,
        {{ surrogate_key(["'account'", 'payslip_id', 'problem']) }} as question_id,
        'Payslip ' || payslip_id || ' cannot be paid by a file: ' || problem as question
    from unpayable
    union all
    select distinct
        splits.pay_period_id,
        {{ surrogate_key(["'prenote'", 'splits.pay_period_id', 'returned.prenote_id']) }} as question_id,
        concat(
            'Payslip ', splits.payslip_id, ' would be paid to an account whose prenote ', returned.prenote_id,
            ' came back (', coalesce(returned.reason_code, 'no reason'), '): correct it in bank_details'
        ) as question
    from {{ ref('int_payslip_splits') }} as splits
    inner join prenotes_returned as returned
        on {{ prenote_id('splits') }} = returned.prenote_id
    where not splits.is_closed
    union all
    select distinct
        splits.pay_period_id,
        {{ surrogate_key([
            "'shared_account'", 'splits.payslip_id', 'other_details.employee_id', 'splits.account_key'
        ]) }} as question_id,
        'Payslip ' || splits.payslip_id || ' would be paid to an account that employee ' || other_details.employee_id
        || ' has too: compare bank_details of both' as question
    from open_splits as splits
    inner join {{ ref('int_bank_details_current') }} as other_details
        on
            splits.account_key = {{ account_key('other_details') }}
            and splits.employee_id <> other_details.employee_id
            and {{ in_force('other_details', 'splits.paid_on') }}
    union all
    select
        pay_period_id,
        {{ surrogate_key(["'risky_account'", 'payslip_id', 'problem', 'account_key']) }} as question_id,
        'Payslip ' || payslip_id || ' would be paid to an account that ' || problem
        || ': ask the employee, not by the message that gave it' as question
    from risky_accounts
    where problem is not null
    union all
    select
        pay_period_id,
        {{ late_account_id('late_accounts') }} as question_id,
        'Payslip ' || payslip_id || ' would be paid to an account that came after the close: ask the employee, '
        || 'not by the message that gave it' as question
    from late_accounts
    union all
    select
        pay_period_id,
        {{ surrogate_key(["'nothing_paid'", 'payslip_id', 'gross_amount']) }} as question_id,
        'Payslip ' || payslip_id || ' has earnings of ' || {{ money_text('gross_amount') }}
        || ' and pays nothing: compare what it takes' as question
    from {{ ref('fct_payslips') }}
    where
        not is_closed
        and status <> 'blocked'
        and gross_amount > 0
        and net_amount = 0
    union all
    select
        payslips.pay_period_id,
        {{ surrogate_key(["'unlike_before'", 'payslips.payslip_id', 'payslips.net_amount']) }} as question_id,
        'Payslip ' || payslips.payslip_id || ' pays ' || {{ money_text('payslips.net_amount') }}
        || ', and the highest of the last six was ' || {{ money_text('histories.net_amount') }}
        || ': compare hours, rates and items' as question
    from {{ ref('fct_payslips') }} as payslips
    inner join histories
        on payslips.employee_id = histories.employee_id
    inner join policies
        on
            policies.policy_code = 'pay_history_multiple'
            and {{ in_force('policies', 'payslips.paid_on') }}
    where
        not payslips.is_closed
        and payslips.net_amount > policies.value * histories.net_amount

),

{# A question is accepted by as many persons as the policy asks for, for paydays before that ends; in a closed period
   it stays accepted. #}
accepted as (

    select distinct
        questions.pay_period_id,
        questions.question_id
    from questions
    inner join acceptances
        on questions.question_id = acceptances.subject
    inner join pay_periods
        on questions.pay_period_id = pay_periods.pay_period_id
    left join closed_periods
        on questions.pay_period_id = closed_periods.pay_period_id
    where
        acceptances.payroll_limit is null
        and coalesce(
            acceptances.payroll_ends_on > pay_periods.paid_on or acceptances.load_id < closed_periods.close_id,
            false
        )

)

select
    questions.pay_period_id,
    questions.question_id,
    questions.question,
    accepted.question_id is not null as is_accepted
from questions
left join accepted
    on
        questions.pay_period_id = accepted.pay_period_id
        and questions.question_id = accepted.question_id
