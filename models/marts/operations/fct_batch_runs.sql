{% for plan in batch_plans() -%}
{% for model in plan.models -%}
-- depends_on: {{ ref(model) }}
{% endfor -%}
{% endfor -%}
{{ batching.batch_runs() }}
