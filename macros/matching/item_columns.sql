{#- The shape of an item, written once: a select list of its columns in their order.

    of: alias of the relation that has them. instead: expressions for columns that it has under another name or not at
    all. nulls: columns that are not known. also: columns beside those that every item has. without: columns that go no
    further. -#}
{% macro item_columns(of, instead={}, nulls=[], also=[], without=[]) -%}
    {%- set types = {
        'line_number': 'bigint', 'original_amount': 'decimal(28, 5)', 'charges_amount': 'decimal(28, 5)'
    } -%}
    {%- set listed = [] -%}
    {%- for column, is_of_every_item in [
        ('item_id', true),
        ('origin_item_id', false),
        ('account_id', true),
        ('calendar_code', false),
        ('side', true),
        ('item_kind', true),
        ('currency', true),
        ('reference', true),
        ('counterparty', true),
        ('memo', true),
        ('reference_key', true),
        ('reference_words', true),
        ('counterparty_key', true),
        ('name_words', true),
        ('original_currency', true),
        ('file_hash', true),
        ('line_number', true),
        ('business_day_number', false),
        ('amount', true),
        ('original_amount', true),
        ('charges_amount', true),
        ('is_reversal', true),
        ('is_frozen', false),
        ('is_held', false),
        ('item_on', true),
        ('counted_on', false),
    ] -%}
        {%- if column in instead -%}
            {%- do listed.append(instead[column] ~ ' as ' ~ column) -%}
        {%- elif column in nulls -%}
            {%- do listed.append('cast(null as ' ~ types.get(column, 'string') ~ ') as ' ~ column) -%}
        {%- elif column in also or (is_of_every_item and column not in without) -%}
            {%- do listed.append(of ~ '.' ~ column) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- listed | join(',\n    ') -}}
{%- endmacro %}

{#- The same of an item that counts. -#}
{% macro counted_item_columns(of, instead={}, nulls=[]) -%}
    {{- item_columns(
        of, instead, nulls, also=['origin_item_id', 'calendar_code', 'business_day_number', 'is_frozen', 'counted_on']
    ) -}}
{%- endmacro %}

{#- The same of an item of a pool. -#}
{% macro pool_item_columns(of, instead={}) -%}
    {{- item_columns(
        of,
        instead,
        also=['calendar_code', 'business_day_number', 'is_held', 'counted_on'],
        without=['file_hash', 'line_number']
    ) -}}
{%- endmacro %}
