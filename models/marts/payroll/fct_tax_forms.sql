{# What the forms of a year and its quarters say, of closed periods and of what was paid before the first of them
   (quarter 0). tax_form_lines says which measures make a line. Of forms that were given, what was known then is worked
   out beside what is known now (edition), and each line that differs is one of the form that corrects it. #}
with wages as (

    select * from {{ ref('int_closed_wages') }}

),

years as (

    select distinct tax_year from wages

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

payslips as (

    select
        payslips.payslip_id,
        payslips.pay_period_id,
        payslips.employee_id,
        closes.close_id as known_with,
        voided.voided_with,
        years.tax_year,
        cast(extract(quarter from payslips.paid_on) as integer) as tax_quarter
    from {{ ref('int_closed_payslips') }} as payslips
    inner join years
        on cast(extract(year from payslips.paid_on) as integer) = years.tax_year
    left join {{ ref('int_pay_periods_closed') }} as closes
        on payslips.pay_period_id = closes.pay_period_id
    left join {{ ref('int_voided_payslips') }} as voided
        on payslips.payslip_id = voided.payslip_id

),

{# The end of the id of a tax line is its jurisdiction, except of what is withheld on regular wages. #}
lines as (

    select
        payslips.employee_id,
        payslips.known_with,
        payslips.voided_with,
        payslips.tax_year,
        payslips.tax_quarter,
        closed.pay_item_code,
        closed.line_kind,
        case
            when closed.line_kind not in ('employee_tax', 'employer_tax') then 'US'
            when {{ regexp_is_found('closed.payslip_line_id', '/[A-Z][A-Z](/over [^/]*)?$') }}
                then {{ regexp_replace_all('closed.payslip_line_id', '^.*/([A-Z][A-Z])(/over [^/]*)?$', '$1') }}
            else 'US'
        end as jurisdiction,
        case when closed.line_kind in ('earning', 'employer_tax') then 1 else -1 end * closed.amount as amount,
        closed.basis_amount,
        cast(round(closed.hours * closed.rate, 2) as decimal(28, 5)) as premium_amount
    from {{ ref('int_closed_payslip_lines') }} as closed
    inner join payslips
        on closed.payslip_id = payslips.payslip_id

),

balances as (

    select
        balances.*,
        cast(cast(balances.tax_year as string) || '-12-31' as date) as ends_on
    from {{ ref('int_opening_balances') }} as balances
    inner join years
        on balances.tax_year = years.tax_year
    where not balances.is_total

),

quarters as (

    {% for quarter in [1, 2, 3, 4] -%}
    select
        tax_year,
        {{ quarter }} as tax_quarter,
        cast(cast(tax_year as string) || '-{{ '%02d' | format(quarter * 3) }}-12' as date) as day_on
    from years
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

{# Of an overtime line the premium alone is qualified; what it has beyond that pays hours that a salary does not. Each
   line is read once, for all that it counts in: Spark computes a step again for each time that it is read. #}
amounts as (

    select
        lines.employee_id,
        case counted.counts_as
            when 'pay' then 'pay/all'
            when 'premium' then 'premium/OT'
            when 'base' then 'base/' || lines.pay_item_code
            else
                case when lines.line_kind in ('employee_tax', 'employer_tax') then 'tax/' else 'item/' end
                || lines.pay_item_code
        end as measure,
        lines.jurisdiction,
        lines.known_with,
        lines.voided_with,
        lines.tax_year,
        lines.tax_quarter,
        case
            when counted.counts_as = 'base' then lines.basis_amount
            when counted.counts_as = 'premium' and lines.amount > lines.premium_amount + 0.01
                then lines.premium_amount
            else lines.amount
        end as amount
    from lines
    cross join (values ('itself'), ('base'), ('pay'), ('premium')) as counted (counts_as)
    where
        counted.counts_as = 'itself'
        or (counted.counts_as = 'base' and lines.line_kind in ('employee_tax', 'employer_tax'))
        or (counted.counts_as = 'pay' and lines.line_kind = 'earning')
        or (counted.counts_as = 'premium' and lines.pay_item_code = 'OT')
    union all
    select
        employee_id,
        'wages/' || wage_base as measure,
        jurisdiction,
        known_with,
        voided_with,
        tax_year,
        tax_quarter,
        wages_amount as amount
    from wages
    union all
    select
        balances.employee_id,
        case when pay_items.line_kind in ('employee_tax', 'employer_tax') then 'tax/' else 'item/' end || balances.code
            as measure,
        coalesce(balances.jurisdiction, 'US') as jurisdiction,
        cast(null as string) as known_with,
        cast(null as string) as voided_with,
        balances.tax_year,
        0 as tax_quarter,
        balances.amount
    from balances
    inner join pay_items
        on balances.code = pay_items.pay_item_code
    where balances.balance_kind = 'item'
    union all
    select
        balances.employee_id,
        'base/' || tax_rates.pay_item_code as measure,
        balances.jurisdiction,
        cast(null as string) as known_with,
        cast(null as string) as voided_with,
        balances.tax_year,
        0 as tax_quarter,
        {{ between_bounds('balances.amount') }} as amount
    from balances
    inner join {{ ref('tax_rates') }} as tax_rates
        on
            balances.code = tax_rates.wage_base
            and balances.jurisdiction = tax_rates.jurisdiction
            and {{ in_force('tax_rates', 'balances.ends_on') }}
    where balances.balance_kind = 'wages'
    union all
    select
        payslips.employee_id,
        'days/12th' as measure,
        'US' as jurisdiction,
        payslips.known_with,
        payslips.voided_with,
        payslips.tax_year,
        quarters.tax_quarter,
        1 as amount
    from payslips
    inner join {{ ref('int_pay_periods') }} as pay_periods
        on payslips.pay_period_id = pay_periods.pay_period_id
    inner join quarters
        on
            payslips.tax_year = quarters.tax_year
            and pay_periods.starts_on <= quarters.day_on
            and pay_periods.ends_before_on > quarters.day_on
    where pay_periods.has_days

),

forms_given as (

    {{ forms_given() }}

),

{# What is known now, and of the forms that were given what was known then. #}
editions as (

    select
        'now' as edition,
        tax_year,
        cast(null as integer) as tax_quarter,
        cast(null as string) as given_with
    from years
    union all
    select
        case when tax_quarter is null then 'year' else 'quarter' end as edition,
        tax_year,
        tax_quarter,
        given_with
    from forms_given

),

{# A measure that is counted from others, or itself. #}
counted as (

    select
        editions.edition,
        amounts.employee_id,
        amounts.measure as counted_measure,
        case when counts.measure = 'itself' then amounts.measure else counts.measure end as measure,
        case when counts.measure = 'itself' then amounts.jurisdiction else 'US' end as jurisdiction,
        amounts.tax_year,
        case when counts.measure = 'employees/year' then 0 else amounts.tax_quarter end as tax_quarter,
        amounts.amount
    from amounts
    inner join editions
        on
            amounts.tax_year = editions.tax_year
            and coalesce(amounts.tax_quarter = editions.tax_quarter, true)
            and coalesce(amounts.known_with <= editions.given_with, true)
            and case
                when editions.edition = 'now' then amounts.voided_with is null
                else coalesce(amounts.voided_with > editions.given_with, true)
            end
    cross join (values ('itself'), ('tips/SS'), ('employees/12th'), ('employees/year')) as counts (measure)
    where
        counts.measure = 'itself'
        or (counts.measure = 'tips/SS' and amounts.measure in ('item/TIPS', 'base/SS', 'wages/social_security'))
        or (counts.measure = 'employees/12th' and amounts.measure = 'days/12th')
        or (counts.measure = 'employees/year' and amounts.measure like 'wages/%')

),

{# Wages come first under the limit of social security, tips with what is left of it (instructions of box 7). The pay
   period that includes the 12th day of the last month of a quarter counts its people. #}
measures as (

    select
        edition,
        employee_id,
        measure,
        jurisdiction,
        tax_year,
        tax_quarter,
        case
            when measure = 'tips/SS'
                then greatest(least(
                    sum(case when counted_measure = 'item/TIPS' then amount else 0 end),
                    sum(case when counted_measure = 'wages/social_security' then -amount else amount end)
                ), 0)
            when measure like 'employees/%' then 1
            else sum(amount)
        end as amount
    from counted
    group by edition, employee_id, measure, jurisdiction, tax_year, tax_quarter

),

form_lines as (

    select
        measures.edition,
        case when form_lines.is_by_employee then measures.employee_id end as employee_id,
        form_lines.form,
        form_lines.line_code,
        form_lines.code,
        form_lines.line_name,
        case when form_lines.is_by_state then measures.jurisdiction end as jurisdiction,
        measures.tax_year,
        case when form_lines.is_by_quarter then measures.tax_quarter end as tax_quarter,
        round(sum(measures.amount * form_lines.factor), 2) as amount
    from measures
    inner join {{ ref('tax_form_lines') }} as form_lines
        on measures.measure = form_lines.measure
    where
        not (form_lines.is_by_quarter and measures.tax_quarter = 0)
        and measures.edition in ('now', case when form_lines.is_by_quarter then 'quarter' else 'year' end)
        and form_lines.of_quarter in (0, measures.tax_quarter)
    group by
        measures.edition,
        case when form_lines.is_by_employee then measures.employee_id end,
        form_lines.form,
        form_lines.line_code,
        form_lines.code,
        form_lines.line_name,
        case when form_lines.is_by_state then measures.jurisdiction end,
        measures.tax_year,
        case when form_lines.is_by_quarter then measures.tax_quarter end

),

{# Lines 5e, 6 and 7 of Form 941: what the lines above make, and by how much what was withheld and paid differs. #}
with_totals as (

    select
        form_lines.edition,
        form_lines.employee_id,
        form_lines.form,
        case when totals.made_of = 'itself' then form_lines.line_code else totals.line_code end as line_code,
        case when totals.made_of = 'itself' then form_lines.code end as code,
        case when totals.made_of = 'itself' then form_lines.line_name else totals.line_name end as line_name,
        form_lines.jurisdiction,
        form_lines.tax_year,
        form_lines.tax_quarter,
        totals.factor * form_lines.amount as amount
    from form_lines
    inner join (
        values
        ('itself', '', '', 1),
        ('column 2', '5e', 'Total social security and Medicare taxes', 1),
        ('3', '6', 'Total taxes before adjustments', 1),
        ('column 2', '6', 'Total taxes before adjustments', 1),
        ('12', '7', 'Adjustment for fractions of cents', 1),
        ('3', '7', 'Adjustment for fractions of cents', -1),
        ('column 2', '7', 'Adjustment for fractions of cents', -1)
    ) as totals (made_of, line_code, line_name, factor)
        on
            totals.made_of = 'itself'
            or (form_lines.form = '941' and totals.made_of in (form_lines.line_code, form_lines.code))

),

{# Both editions of each line of a form that was given. #}
compared as (

    select
        with_totals.employee_id,
        with_totals.form,
        with_totals.line_code,
        with_totals.code,
        with_totals.line_name,
        with_totals.jurisdiction,
        with_totals.tax_year,
        with_totals.tax_quarter,
        forms_given.tax_year is not null as is_given,
        sum(case when with_totals.edition = 'now' then with_totals.amount else 0 end) as amount,
        sum(case when with_totals.edition = 'now' then 0 else with_totals.amount end) as given_amount
    from with_totals
    left join forms_given
        on
            with_totals.tax_year = forms_given.tax_year
            and coalesce(with_totals.tax_quarter, 0) = coalesce(forms_given.tax_quarter, 0)
    group by
        with_totals.employee_id,
        with_totals.form,
        with_totals.line_code,
        with_totals.code,
        with_totals.line_name,
        with_totals.jurisdiction,
        with_totals.tax_year,
        with_totals.tax_quarter,
        forms_given.tax_year is not null

),

lines_of_forms as (

    select
        compared.employee_id,
        case
            when not editions.is_correction then compared.form
            when compared.form = 'W-2' then 'W-2c'
            when compared.form = 'W-3' then 'W-3c'
            when compared.form = '941' then '941-X'
            else compared.form || ' amended'
        end as form,
        compared.line_code,
        compared.code,
        compared.line_name,
        compared.jurisdiction,
        compared.tax_year,
        compared.tax_quarter,
        compared.amount,
        case when editions.is_correction then compared.given_amount end as given_amount
    from compared
    cross join (values (false), (true)) as editions (is_correction)
    where
        (not editions.is_correction and compared.amount <> 0)
        or (editions.is_correction and compared.is_given and compared.amount <> compared.given_amount)

)

select
    {{ surrogate_key(['employee_id', 'form', 'line_code', 'code', 'jurisdiction', 'tax_year', 'tax_quarter']) }}
        as tax_form_line_id,
    employee_id,
    form,
    line_code,
    code,
    line_name,
    jurisdiction,
    tax_year,
    tax_quarter,
    cast(amount as decimal(28, 5)) as amount,
    cast(given_amount as decimal(28, 5)) as given_amount
from lines_of_forms
