-- HR of a company with {employees} employees, written into the lake {lake} as collection writes it. Every odd
-- employee is paid by the hour, the others by the year. Three pay groups in three time zones. What looks like
-- chance is a hash.
create or replace macro chance(one, other, parts) as cast(hash(one, other) % parts as bigint);

create or replace table states (state, pay_group, is_taxed) as
values
('NY', 'EAST', true), ('PA', 'EAST', true), ('VA', 'EAST', true), ('FL', 'EAST', false),
('IL', 'CENTRAL', true), ('TX', 'CENTRAL', false), ('TN', 'CENTRAL', false), ('WA', 'WEST', false);

create or replace table pay_groups (pay_group, time_zone) as
values ('EAST', 'America/New_York'), ('CENTRAL', 'America/Chicago'), ('WEST', 'America/Los_Angeles');

create or replace table holidays (holiday_on) as
values
(date '2026-01-01'), (date '2026-01-19'), (date '2026-02-16'), (date '2026-05-25'),
(date '2026-07-03'), (date '2026-09-07'), (date '2026-11-26');

create or replace table people as
with places as (
    select
        *,
        row_number() over (order by state) - 1 as place
    from states
)

select
    number,
    format('E{{:06d}}', number) as employee_id,
    format('B{{:06d}}', number) as badge,
    format('CLK-{{:04d}}', number // 250) as device_id,
    'Department ' || (number % 60) as department,
    places.state,
    places.pay_group,
    places.is_taxed,
    pay_groups.time_zone,
    number % 2 = 1 as is_hourly,
    number % 20 = 1 as works_at_night,
    ['single', 'married_jointly', 'head_of_household'][1 + chance(number, 'status', 3)] as filing_status
from range({employees}) as numbers (number)
inner join places
    on chance(number, 'state', 8) = places.place
inner join pay_groups
    on places.pay_group = pay_groups.pay_group;

create or replace macro lineage(source) as struct_pack(file_hash := sha256(source), load_id := '20251201T000000.000000Z');

copy (
    select
        number + 2 as line_number,
        employee_id,
        date '2025-01-01' as effective_on,
        'Employee ' || number as name,
        '900-00-' || number as tax_id,
        department,
        pay_group,
        state as work_state,
        date '2025-01-01' as hired_on,
        cast(null as date) as left_on,
        'MAIN' as job_code,
        unnest(lineage('hr_employees'))
    from people
) to '{lake}/hr_employees/company.parquet';

copy (
    select
        number + 2 as line_number,
        badge,
        employee_id,
        date '2025-01-01' as effective_on,
        cast(null as date) as ended_on,
        unnest(lineage('hr_badges'))
    from people
    where is_hourly
) to '{lake}/hr_badges/company.parquet';

-- Every tenth hourly employee has a second job, every seventh employee a raise in the year.
copy (
    with rates as (
        select
            employee_id,
            'MAIN' as job_code,
            date '2025-01-01' as effective_on,
            case when is_hourly then 18 + chance(number, 'rate', 3000) / 100.0 else 42000 + 10 * chance(number, 'rate', 22000) end
                as rate,
            is_hourly
        from people
        union all
        select
            employee_id,
            'SECOND' as job_code,
            date '2025-01-01' as effective_on,
            18 + chance(number, 'second', 2000) / 100.0 as rate,
            is_hourly
        from people
        where number % 10 = 3
        union all
        select
            employee_id,
            'MAIN' as job_code,
            date '2026-01-01' + cast(chance(number, 'raise', 300) as integer) as effective_on,
            case when is_hourly then 19 + chance(number, 'rate', 3000) / 100.0 else 45000 + 10 * chance(number, 'rate', 22000) end
                as rate,
            is_hourly
        from people
        where number % 7 = 0
    )

    select
        row_number() over () + 1 as line_number,
        employee_id,
        job_code,
        effective_on,
        case when is_hourly then 'hourly' else 'salary' end as rate_kind,
        cast(rate as decimal(28, 5)) as rate,
        is_hourly as is_overtime_eligible,
        unnest(lineage('hr_pay_rates'))
    from rates
) to '{lake}/hr_pay_rates/company.parquet';

copy (
    with elections as (
        select
            *,
            'US' as jurisdiction
        from people
        union all
        select
            *,
            state as jurisdiction
        from people
        where is_taxed
    )

    select
        row_number() over () + 1 as line_number,
        employee_id,
        jurisdiction,
        date '2025-01-01' as effective_on,
        filing_status,
        false as is_step_2_checked,
        cast(case when jurisdiction = 'US' then 500 * chance(number, 'dependents', 9) end as decimal(28, 5))
            as dependents_amount,
        cast(null as decimal(28, 5)) as other_income_amount,
        cast(null as decimal(28, 5)) as deductions_amount,
        cast(case when number % 25 = 0 and jurisdiction = 'US' then 20 end as decimal(28, 5)) as extra_withholding_amount,
        cast(null as bigint) as allowances,
        false as is_exempt,
        unnest(lineage('hr_tax_elections'))
    from elections
) to '{lake}/hr_tax_elections/company.parquet';

copy (
    with items (pay_item_code, one_in, calculation, base, step, yearly_limit) as (
        values
        ('MED125', 2, 'amount', 40, 10, null),
        ('K401', 2, 'percentage', 3, 1, 24500),
        ('UNION', 5, 'amount', 9, 2, null),
        ('GARN', 50, 'amount', 100, 50, null)
    )

    select
        row_number() over () + 1 as line_number,
        people.employee_id,
        items.pay_item_code,
        date '2025-01-01' as effective_on,
        cast(null as date) as ended_on,
        items.calculation,
        cast(items.base + items.step * chance(people.number, items.pay_item_code, 12) as decimal(28, 5)) as value,
        cast(items.yearly_limit as decimal(28, 5)) as yearly_limit,
        cast(null as decimal(28, 5)) as total_limit,
        unnest(lineage('hr_recurring_items'))
    from people
    inner join items
        on chance(people.number, items.pay_item_code || '?', items.one_in) = 0
) to '{lake}/hr_recurring_items/company.parquet';

copy (
    select
        row_number() over () + 1 as line_number,
        people.employee_id,
        holidays.holiday_on as leave_on,
        'HOL' as pay_item_code,
        cast(8 as decimal(28, 5)) as hours,
        unnest(lineage('hr_leave'))
    from people
    cross join holidays
    where people.is_hourly
) to '{lake}/hr_leave/company.parquet';

copy (
    with accounts as (
        select
            *,
            1 as priority,
            case when number % 7 = 0 then 'amount' else 'remainder' end as split_kind
        from people
        union all
        select
            *,
            2 as priority,
            'remainder' as split_kind
        from people
        where number % 7 = 0
    )

    select
        row_number() over () + 1 as line_number,
        employee_id,
        cast(priority as bigint) as priority,
        date '2025-01-01' as effective_on,
        cast(null as date) as ended_on,
        '999999992' as routing_number,
        cast(100000000 + 10 * number + priority as varchar) as account_number,
        'checking' as account_kind,
        cast(null as varchar) as bic,
        cast(null as varchar) as iban,
        split_kind,
        cast(case when split_kind = 'amount' then 150 end as decimal(28, 5)) as split_value,
        unnest(lineage('hr_bank_details'))
    from accounts
) to '{lake}/hr_bank_details/company.parquet';

copy (
    select
        row_number() over () + 1 as line_number,
        pay_group,
        'biweekly' as frequency,
        'USD' as currency,
        time_zone,
        cast(1 as bigint) as workweek_starts_on,
        unnest(lineage('hr_pay_groups'))
    from pay_groups
) to '{lake}/hr_pay_groups/company.parquet';

copy (
    select
        'hr/' || source || '.csv' as path,
        source,
        'csv' as format,
        'loaded' as status,
        cast(null as varchar) as reason,
        cast(null as varchar) as position,
        cast(0 as bigint) as byte_count,
        cast(0 as bigint) as modified_ns,
        cast(0 as bigint) as record_count,
        cast(null as decimal(28, 5)) as amount_total,
        timestamptz '2025-12-01 00:00:00+00' as collected_at,
        unnest(lineage(source))
    from (
        values
        ('hr_employees'), ('hr_badges'), ('hr_pay_rates'), ('hr_tax_elections'), ('hr_recurring_items'),
        ('hr_leave'), ('hr_bank_details'), ('hr_pay_groups')
    ) as sources (source)
) to '{lake}/collected_files/company.parquet';
