{#- The pseudonym of an employee outside the schema payroll: HMAC-SHA256 (RFC 2104) of the id, in hexadecimal digits, with the
    secret TIEOUT_PSEUDONYM_KEY. The secret is no part of the compiled SQL, which stands in target/ and logs/, nor of Spark's
    configuration, which stands in the process list: DuckDB's connection has a function that knows it
    (orchestration/warehouse/dbt_plugin.py), Spark reads the environment of whichever executor runs the statement. -#}
{% macro employee_key(employee_id) -%}
    {{ return(adapter.dispatch('employee_key', 'tieout')(employee_id)) }}
{%- endmacro %}

{#- HMAC hashes twice, each time behind the key with other bits turned: the key is padded to 64 bytes, or hashed first where
    it is longer. -#}
{% macro default__employee_key(employee_id) -%}
    {%- set key = "encode(" ~ spark_pseudonym_key() ~ ", 'utf-8')" -%}
    {%- set block = "rpad(if(octet_length(" ~ key ~ ") > 64, unhex(sha2(" ~ key ~ ", 256)), " ~ key ~ "), 64, X'00')" -%}
    {%- set message = 'encode(' ~ employee_id ~ ", 'utf-8')" -%}
    sha2(concat({{ spark_turned(block, 92) }}, unhex(sha2(concat({{ spark_turned(block, 54) }}, {{ message }}), 256))), 256)
{%- endmacro %}

{% macro duckdb__employee_key(employee_id) -%}
    python.employee_key({{ employee_id }})
{%- endmacro %}

{#- 64 bytes, each exclusive or a number. -#}
{% macro spark_turned(block, number) -%}
    unhex(array_join(transform(
        sequence(1, 64),
        place -> lpad(hex(cast(conv(substr(hex({{ block }}), 2 * place - 1, 2), 16, 10) as bigint) ^ {{ number }}), 2, '0')
    ), ''))
{%- endmacro %}

{#- The secret of the executor's environment. reflect() gives the text 'null' for a variable that is not set; then the
    statement fails. Only who has no secret either, and whose employees are the demo company's, builds with the demo's. -#}
{% macro spark_pseudonym_key() -%}
    {%- if env_var('TIEOUT_PSEUDONYM_KEY', '') -%}
    coalesce(
        nullif(nullif(reflect('java.lang.System', 'getenv', 'TIEOUT_PSEUDONYM_KEY'), 'null'), ''),
        raise_error('TIEOUT_PSEUDONYM_KEY is not set where Spark works: nothing is built. Set it for every executor')
    )
    {%- else -%}
    'demo-company-only'
    {%- endif -%}
{%- endmacro %}

{#- No build on Spark without a secret, unless all employees are of the demo company's files, which are known by their hashes;
    nor where executors have another one than the others, or than the one that these employees were built with before.
    DuckDB's builds ask orchestration/lake/pseudonyms.py. -#}
{% macro require_pseudonym_key() -%}
    {%- if not env_var('TIEOUT_PSEUDONYM_KEY', '') -%}
        {%- set strangers -%}
            select count(*) from {{ parquet_dataset(env_var('TIEOUT_LAKE', 'lake'), 'hr_employees') }}
            where
                coalesce(file_hash, '') not in (
                    'e57546b790475b85ccaeb3e6e1c8a5e405475bc852bdb83c09c1647d8c650be4',
                    'eaf6e14aeb5b44f62b1cc69915460887c6edd507e0df62c79df52ef3447e8884'
                )
        {%- endset -%}
        {%- if run_query(strangers).columns[0].values()[0] -%}
            {{ exceptions.raise_compiler_error(
                "TIEOUT_PSEUDONYM_KEY is not set, and these employees are not the demo company's: nothing is built. Make a key "
                ~ "with `openssl rand -hex 32`, keep it with the other secrets, and set it for every command"
            ) }}
        {%- endif -%}
    {%- else -%}
        {%- set keys -%}
            select count(distinct key_of_nobody)
            from (
                select {{ employee_key('cast(id - id as string)') }} as key_of_nobody from range(0, 16, 1, 16)
            ) as executors
        {%- endset -%}
        {%- if run_query(keys).columns[0].values()[0] > 1 -%}
            {{ exceptions.raise_compiler_error("TIEOUT_PSEUDONYM_KEY is not the same for every executor: nothing is built") }}
        {%- endif -%}
    {%- endif -%}
    {%- set built_before = adapter.get_relation(none, 'payroll', 'dim_employees') -%}
    {%- if built_before is not none -%}
        {%- set others -%}
            select count(*) from {{ built_before }}
            where employee_key <> {{ employee_key('employee_id') }}
        {%- endset -%}
        {%- if run_query(others).columns[0].values()[0] -%}
            {{ exceptions.raise_compiler_error(
                "TIEOUT_PSEUDONYM_KEY is not the key that " ~ built_before ~ " was built with: every employee_key would be "
                ~ "another one. Nothing is built: set the key of before. If it is lost or has to change, drop this table first "
                ~ "(docs/runbook.md, A pseudonym key)"
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
