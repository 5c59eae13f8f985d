{#- Whether the policy `on` a decision is the one in force of its kind, area, amount and persons, from 1 on: the latest of
    those of before its collection, and of two of one day the one that asks for more. `persons_in_force` in
    orchestration/collect/policies.py says the same where there is no warehouse, and a test compares them. -#}
{% macro recency_of_policy(subject) -%}
    row_number() over (
        partition by {{ subject }}, policies.decision, policies.area, policies.above_amount, {{ persons_of_policy() }}
        order by policies.effective_on desc, policies.persons_needed desc
    )
{%- endmacro %}

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
