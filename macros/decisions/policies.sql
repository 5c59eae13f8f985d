{#- The persons of a policy in upper case, each between semicolons without blanks around the name. -#}
{% macro persons_of_policy() -%}
    concat(';', upper({{ regexp_replace_all('trim(policies.persons)', ' *; *', ';') }}), ';')
{%- endmacro %}

{#- How many persons of those that a policy names, or of any where it names none, stand behind a decision. -#}
{% macro count_of_persons(policies, persons) -%}
    count(
        distinct case
            when
                {{ policies }}.persons = ';*;'
                or instr({{ policies }}.persons, concat(';', upper({{ persons }}.decided_by), ';')) > 0
                then {{ persons }}.decider
        end
    )
{%- endmacro %}

{#- The policies in force for each decision, of the day on which it was delivered: nobody writes a decision into the time
    before. Of a kind, area, amount and persons the latest counts, and of two of one day the one that asks for more.
    What takes back the one is asked for what made the other. The decisions are a relation decisions with the columns of
    int_decisions. `persons_in_force` in orchestration/collect/policies.py says the same where there is no warehouse, and
    a test compares them. -#}
{% macro policies_of_decisions() -%}
    {%- set counts_at_once = "('exclude', 'include')" -%}
    select * from (
        select
            decisions.decision_id,
            policies.area,
            policies.above_amount,
            policies.persons_needed,
            policies.holds_days,
            {{ persons_of_policy() }} as persons,
            row_number() over (
                partition by
                    decisions.decision_id,
                    policies.decision,
                    policies.area,
                    policies.above_amount,
                    {{ persons_of_policy() }}
                order by policies.effective_on desc, policies.persons_needed desc
            ) as recency
        from decisions
        inner join {{ ref('decision_policies') }} as policies
            on
                decisions.loaded_on >= policies.effective_on
                and (
                    decisions.decision = policies.decision
                    or (decisions.decision in {{ counts_at_once }} and policies.decision in {{ counts_at_once }})
                    or (decisions.decision = 'reopen' and policies.decision = 'close' and policies.area = 'bank')
                    or (
                        decisions.decision = 'reopen_period'
                        and policies.decision = 'close'
                        and policies.area = 'payroll'
                    )
                )
    ) as all_policies
    where recency = 1
{%- endmacro %}
