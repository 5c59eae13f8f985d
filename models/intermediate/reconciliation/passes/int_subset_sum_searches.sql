{# The candidates are cut into two halves of at most 8, and what a set of one half leaves of the target is joined with
   the sums of the other: at most 256 rows a half and target, and every set is looked at. #}
with targets as (

    select
        target_id,
        max(target_amount) as target_amount,
        max(candidate_count) as candidate_count,
        max(bank_key) as bank_key,
        max(candidate_total) as candidate_total,
        max(distinct_totals) as distinct_totals,
        {{ amounts_by_place(16) }}
    from {{ ref('int_subset_sum_candidates') }}
    group by target_id

),

sets as (

    select
        *,
        {%- for place in range(8) %}
        case when has_{{ place + 1 }} then 1 else 0 end{{ ' +' if not loop.last }}
        {%- endfor %} as item_count
    from (
        select
            cast(generated_number - 1 as integer) as set_number,
            {{ members_of_set('(generated_number - 1)') }}
        from ({{ dbt.generate_series(256) }}) as numbers
    ) as numbered

),

first_half as (

    select
        targets.target_id,
        sets.set_number,
        sets.item_count,
        targets.target_amount - ({{ sum_of_set(1) }}) as amount_left
    from targets
    inner join sets
        on sets.set_number < power(2, least(targets.candidate_count, 8))

),

second_half as (

    select
        targets.target_id,
        sets.set_number,
        sets.item_count,
        {{ sum_of_set(9) }} as amount
    from targets
    inner join sets
        on sets.set_number < power(2, greatest(targets.candidate_count - 8, 0))

),

paired_sums as (

    select
        first_half.target_id,
        first_half.set_number as first_set_number,
        second_half.set_number as second_set_number,
        first_half.item_count + second_half.item_count as item_count
    from first_half
    inner join second_half
        on
            first_half.target_id = second_half.target_id
            and first_half.amount_left = second_half.amount

),

found as (

    select
        target_id,
        count(*) as set_count,
        min(first_set_number) as first_set_number,
        min(second_set_number) as second_set_number,
        min(item_count) as item_count
    from paired_sums
    group by target_id

),

{# Of n items there are at most (n + 1)^k / k! sets of no more than k. #}
counted as (

    select
        targets.target_id,
        targets.bank_key,
        targets.candidate_count,
        targets.candidate_total,
        targets.distinct_totals,
        coalesce(found.set_count, 0) as set_count,
        found.first_set_number,
        found.second_set_number,
        least(
            power(2, targets.candidate_count),
            power(targets.candidate_count + 1, coalesce(found.item_count, 0))
            / cast(factorial(cast(coalesce(found.item_count, 0) as integer)) as double)
        ) as sets_as_small
    from targets
    left join found
        on targets.target_id = found.target_id

)

select
    target_id,
    case
        when set_count = 0 then 'none'
        when set_count > 1 then 'several'
        {# So many sets of such amounts would meet any total by chance. #}
        when sets_as_small * {{ var('subset_sum_chance') }} > distinct_totals then 'chance'
        else 'found'
    end as outcome,
    bank_key,
    candidate_count,
    candidate_total,
    sets_as_small,
    cast(set_count as integer) as set_count,
    cast(case when set_count = 1 then first_set_number end as integer) as first_set_number,
    cast(case when set_count = 1 then second_set_number end as integer) as second_set_number
from counted
