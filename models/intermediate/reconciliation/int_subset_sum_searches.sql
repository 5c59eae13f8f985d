{# The candidates are cut into two halves of at most 8, and the 256 sums of one half are joined with those of the other:
   the work per target is bounded, and every set is looked at. #}
with candidates as (

    select
        *,
        case when place <= 8 then 1 else 2 end as half,
        cast(power(2, mod(place - 1, 8)) as integer) as place_value
    from {{ ref('int_subset_sum_candidates') }}

),

targets as (

    select
        target_id,
        max(target_amount) as target_amount,
        max(candidate_count) as candidate_count,
        max(candidate_total) as candidate_total
    from candidates
    group by target_id

),

sets as (

    {{ dbt.generate_series(256) }}

),

both_halves as (

    select 1 as half
    union all
    select 2 as half

),

halves as (

    select
        targets.target_id,
        both_halves.half,
        cast(sets.generated_number - 1 as integer) as set_number
    from targets
    cross join both_halves
    inner join sets
        on
            sets.generated_number
            <= power(
                2,
                greatest(least(targets.candidate_count - case when both_halves.half = 1 then 0 else 8 end, 8), 0)
            )

),

half_sums as (

    select
        halves.target_id,
        halves.half,
        halves.set_number,
        sum(coalesce(candidates.amount, 0)) as amount
    from halves
    left join candidates
        on
            halves.target_id = candidates.target_id
            and halves.half = candidates.half
            and mod(cast(floor(halves.set_number / candidates.place_value) as integer), 2) = 1
    group by halves.target_id, halves.half, halves.set_number

),

paired_sums as (

    select
        targets.target_id,
        targets.candidate_count,
        targets.candidate_total,
        first_half.set_number as first_set_number,
        second_half.set_number as second_set_number
    from targets
    inner join half_sums as first_half
        on targets.target_id = first_half.target_id
    inner join half_sums as second_half
        on
            targets.target_id = second_half.target_id
            and targets.target_amount = first_half.amount + second_half.amount
    where
        first_half.half = 1
        and second_half.half = 2

),

found as (

    select
        target_id,
        count(*) as set_count,
        min(first_set_number) as first_set_number,
        min(second_set_number) as second_set_number
    from paired_sums
    group by target_id

)

select
    targets.target_id,
    case
        when found.target_id is null then 'none'
        when found.set_count > 1 then 'several'
        {# So many sets of such amounts would meet any total by chance. #}
        when power(2, targets.candidate_count) * {{ var('subset_sum_chance') }} > targets.candidate_total * 100
            then 'chance'
        else 'found'
    end as outcome,
    targets.candidate_count,
    cast(coalesce(found.set_count, 0) as integer) as set_count,
    cast(case when found.set_count = 1 then found.first_set_number end as integer) as first_set_number,
    cast(case when found.set_count = 1 then found.second_set_number end as integer) as second_set_number
from targets
left join found
    on targets.target_id = found.target_id
