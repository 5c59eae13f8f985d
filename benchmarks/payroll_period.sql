-- Biweekly period {period}, counted from 0 on 2025-12-22, and its punches, written into the lake {lake} as one load of
-- HR's calendar and of a file per clock and day. Four a day: in, out for lunch, in, out. One day in three is up to an hour and a half longer, every eighth
-- Saturday is worked, the night shift begins at ten. One punch in 1,500 is missing, one in 400 is sent twice.
create or replace temp table punches as
with days as (
    select
        cast(day as integer) as day,
        date '2025-12-22' + 14 * {period} + cast(day as integer) as worked_on
    from range(14) as numbers (day)
),

worked as (
    select
        people.*,
        days.worked_on,
        cast(case when people.works_at_night then 22 else 7 + people.number % 3 end * 3600 as bigint) as starts_at,
        case
            when chance(people.number, days.worked_on, 3) = 0 then 60 * chance(days.worked_on, people.number, 90) else 0
        end as longer,
        people.number % 10 = 3 and chance(people.number, days.worked_on, 4) = 0 as is_second_job
    from people
    cross join days
    left join holidays
        on days.worked_on = holidays.holiday_on
    where
        people.is_hourly
        and holidays.holiday_on is null
        and (days.day % 7 < 5 or (days.day % 7 = 5 and chance(people.number, days.worked_on, 8) = 0))
),

punched as (
    select
        worked.*,
        steps.direction,
        steps.step,
        timezone(
            time_zone,
            cast(worked_on as timestamp) + to_seconds(
                starts_at + steps.seconds + case when steps.step = 4 then longer else 0 end
                + chance(number, hash(worked_on, steps.step), 900) - 450
            )
        ) as punched_at
    from worked
    cross join (
        values ('in', 1, 0), ('out', 2, 14400), ('in', 3, 16200), ('out', 4, 30600)
    ) as steps (direction, step, seconds)
),

numbered as (
    select
        *,
        1000000 * {period} + row_number() over (partition by device_id order by punched_at, badge) as sequence
    from punched
    where chance(number, hash(worked_on, step, 'missing'), 1500) <> 0
)

select
    row_number() over (partition by device_id, cast(punched_at as date) order by sequence, copy) as line_number,
    device_id,
    sequence,
    badge,
    direction,
    case when is_second_job then 'SECOND' end as job_code,
    punched_at,
    device_id || '/' || cast(punched_at as date) as file
from numbered
cross join range(2) as copies (copy)
where copy = 0 or chance(number, hash(worked_on, step, 'twice'), 400) = 0;

create or replace temp table files as
select
    file,
    sha256(file) as file_hash,
    strftime(date '2026-01-05' + 14 * {period}, '%Y%m%dT050000.000000Z') as load_id,
    count(*) as record_count
from punches
group by file
union all
select
    'calendar/{period:02d}' as file,
    sha256('calendar/{period:02d}') as file_hash,
    strftime(date '2026-01-05' + 14 * {period}, '%Y%m%dT050000.000000Z') as load_id,
    3 as record_count;

copy (
    select
        row_number() over () + 1 as line_number,
        pay_groups.pay_group || '-2026-{number:02d}' as pay_period_id,
        pay_groups.pay_group,
        date '2025-12-22' + 14 * {period} as starts_on,
        date '2025-12-22' + 14 * {period} + 13 as ends_on,
        date '2025-12-22' + 14 * {period} + 18 as paid_on,
        files.file_hash,
        files.load_id
    from pay_groups
    inner join files
        on files.file = 'calendar/{period:02d}'
) to '{lake}/hr_pay_periods/period-{period:02d}.parquet';

copy (
    select
        punches.* exclude (file),
        files.file_hash,
        files.load_id
    from punches
    inner join files
        on punches.file = files.file
) to '{lake}/punches/period-{period:02d}.parquet';

copy (
    select
        file as path,
        case when file like 'CLK%' then 'punches' else 'hr_pay_periods' end as source,
        case when file like 'CLK%' then 'jsonl' else 'csv' end as format,
        'loaded' as status,
        cast(null as varchar) as reason,
        cast(null as varchar) as position,
        150 * record_count as byte_count,
        cast(0 as bigint) as modified_ns,
        record_count,
        cast(null as decimal(28, 5)) as amount_total,
        timezone('UTC', strptime(load_id, '%Y%m%dT050000.000000Z') + interval 5 hours) as collected_at,
        file_hash,
        load_id
    from files
) to '{lake}/collected_files/period-{period:02d}.parquet';
