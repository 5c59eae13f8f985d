{%- set plans = {} -%}
{% for plan in batch_plans() -%}
{% for model in plan.models -%}
-- depends_on: {{ ref(model) }}
{% do plans.update({ref(model).schema ~ '.' ~ ref(model).identifier: ref(plan.plan)}) -%}
{% endfor -%}
{% endfor -%}
{{ batching.batch_gaps(plans) }}
