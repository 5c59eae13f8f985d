-- What match_rules says of the order is what the passes do: every rule of a pass has a higher number than those of the
-- passes before it.
with passes as (

    {% for pass in match_passes() -%}
    select
        '{{ pass }}' as pass_code,
        {{ loop.index }} as pass_number
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

rules as (

    select
        match_rules.rule_code,
        match_rules.rule_number,
        passes.pass_number
    from {{ ref('match_rules') }} as match_rules
    inner join passes
        on match_rules.pass_code = passes.pass_code

)

select
    rules.rule_code,
    earlier.rule_code as earlier_rule_code
from rules
inner join rules as earlier
    on
        rules.pass_number > earlier.pass_number
        and rules.rule_number <= earlier.rule_number
