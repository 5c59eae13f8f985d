{#- Tables and views of DuckDB are replaced where they stand, in one transaction. dbt's own way makes another beside it,
    renames both and drops the old one: two looks at what exists and four statements more for each model. -#}
{% materialization table, adapter='duckdb' %}
    {{ return(replaced_relation('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replaced_relation('view')) }}
{% endmaterialization %}

{#- Runs a model, the body of both. One that fails leaves what was there. kind: table or view. -#}
{% macro replaced_relation(kind) %}
    {%- set target_relation = this.incorporate(type=kind) -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set is_another_kind = existing_relation is not none and existing_relation.type != kind -%}
    {%- set has_contract = config.get('contract').enforced -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if has_contract -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- if is_another_kind %}
            drop {{ existing_relation.type }} {{ existing_relation }};
        {%- endif %}
        create or replace {{ kind }} {{ target_relation }}
        {%- if kind == 'table' and has_contract %}
            {{ get_table_columns_and_constraints() }};
            insert into {{ target_relation }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
        {%- else %} as (
            {{ sql }}
        );
        {%- endif %}
    {%- endcall -%}
    {%- if is_another_kind -%}
        {%- do adapter.cache_dropped(existing_relation) -%}
    {%- endif -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
