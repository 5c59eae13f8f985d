-- How the files write an amount and a date, and the fiscal year and period of a day where the first month is given.
create temp macro plain(amount) as regexp_replace(cast(amount as varchar), '0{1,3}$', '');
create temp macro dated(day) as strftime(day, '%Y%m%d');
create temp macro timed(moment) as strftime(moment, '%H%M%S');
create temp macro fiscal_year_of(day) as cast(
    year(day + to_months(mod(13 - getvariable('first_month'), 12))) as varchar
);
create temp macro period_of(day) as 'M' || lpad(
    cast(mod(month(day) - getvariable('first_month') + 12, 12) + 1 as varchar), 2, '0'
);
