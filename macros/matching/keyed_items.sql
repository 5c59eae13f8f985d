{#- The common table expressions that most passes begin with: open_items, and keyed_items, which are the open items that
    have this pass's key, cut into runs. A run ends where every earlier item of its account, currency and key is too old
    to match anything that follows, so only items of one run can match.

    Keys that stand on one side only are left out.

    pass_code: the pass, as in match_rules. pool: model that holds the items. with_amount: whether the amount is part of
    the key. Then most keys have one item on each side and need no run: they are left to match_one_to_one.
    with_references: whether the keys are the references that the item's texts name, one row each, instead of what the
    rule says. with_rules: whether the pass has rules that compare different things, references among them; the key then
    begins with the name of what is compared. least_items: how many items a match has at least. -#}
{% macro keyed_items(pass_code, pool=none, with_amount=false, with_references=false, with_rules=false, least_items=2) -%}
{%- set key_columns = ['account_id', 'currency', 'match_key'] + (['amount'] if with_amount else []) -%}
rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = '{{ pass_code }}'

),

open_items as (

    {{ open_items(pass_code, pool) }}

),

{% if with_references or with_rules -%}
{{ shared_references() }},

{% endif -%}
{# Once for all rules. #}
items_with_wording as (

    select
        *,
        {{ takes_back('open_items') if with_rules else 'false' }} as takes_back,
        {# All in the pass of transfers tell one; there it says whether the other leg has come. #}
        {{ 'transfer_id is not null' if pass_code == 'own_transfer'
            else tells_transfer('open_items.memo') if with_rules else 'false' }} as tells_transfer,
        {{ tells_charge("coalesce(open_items.counterparty, '') || ' ' || coalesce(open_items.memo, '')")
            if with_rules else 'false' }} as tells_charge
    from open_items
    where business_day_number is not null

),

items_with_rule as (

    select
        open_items.*,
        rules.rule_code,
        rules.bank_key,
        rules.when_ambiguous,
        rules.posting as rule_posting,
        rules.rule_number,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger,
        rules.wait_days,
        {% if with_references -%}
        shared_references.reference_kind || ' ' || shared_references.number as match_key
        {%- else -%}
        {{ "rules.bank_key || ' ' || coalesce(shared_references.number, " if with_rules -}}
        case when open_items.side = 'bank' then {{ match_key('rules.bank_key') }} else {{ match_key('rules.ledger_key') }} end
        {{- ')' if with_rules }} as match_key
        {%- endif %}
    from items_with_wording as open_items
    inner join rules
        on open_items.account_id = rules.account_id
    {%- if with_references or with_rules %}
    {{ 'inner' if with_references else 'left' }} join shared_references
        on
            open_items.item_id = shared_references.item_id
            and rules.bank_key = shared_references.reference_kind
    {%- endif %}

),

items_with_key as (

    select *
    from items_with_rule
    where match_key is not null

),

keys_on_both_sides as (

    select
        {{ key_columns | join(', ') }},
        {%- if with_amount %}
        max(case when side = 'bank' then item_id end) as bank_item_id,
        max(case when side = 'ledger' then item_id end) as ledger_item_id,
        {%- endif %}
        count(*) as item_count
    from items_with_key
    group by {{ key_columns | join(', ') }}
    having
        max(case when side = 'bank' then item_id end) is not null
        and max(case when side = 'ledger' then item_id end) is not null
        {{- '\n        and count(*) >= ' ~ least_items if least_items > 2 }}

),

items_with_partner as (

    select items_with_key.*
    from items_with_key
    inner join keys_on_both_sides
        on
            {%- for column in key_columns %}
            {{ 'and ' if not loop.first }}items_with_key.{{ column }} = keys_on_both_sides.{{ column }}
            {%- endfor %}
    {%- if with_amount %}
    where keys_on_both_sides.item_count > 2
    {%- endif %}

),

items_with_earlier as (

    select
        *,
        max(case when side = 'bank' then business_day_number end) over earlier as last_bank_day,
        max(case when side = 'ledger' then business_day_number end) over earlier as last_ledger_day
    from items_with_partner
    window earlier as (
        partition by {{ key_columns | join(', ') }}
        order by business_day_number, item_id
        rows between unbounded preceding and 1 preceding
    )

),

keyed_items as (

    select
        *,
        sum(
            case
                when
                    coalesce(last_bank_day + bank_days_before_ledger >= business_day_number, false)
                    or coalesce(last_ledger_day + bank_days_after_ledger >= business_day_number, false)
                    then 0
                else 1
            end
        ) over (
            partition by {{ key_columns | join(', ') }}
            order by business_day_number, item_id
            rows between unbounded preceding and current row
        ) as run_number
    from items_with_earlier

)
{%- endmacro %}

{#- The common table expression shared_references: the numbers that items of both sides name, once for each item. -#}
{% macro shared_references() -%}
shared_references as (

    select distinct
        item_id,
        reference_kind,
        number
    from {{ ref('int_item_references') }}
    where is_on_both_sides

)
{%- endmacro %}

{#- The key of an open item that a rule asks for. key_name: expression that holds the name, as in match_rules. -#}
{% macro match_key(key_name) -%}
    case {{ key_name }}
        when 'reference' then open_items.reference_key
        when 'counterparty' then open_items.counterparty_key
        when 'any' then ''
        when 'rare' then ''
    end
{%- endmacro %}

{#- True when two items name different things: two numbers of one series, or two counterparties. A text that is cut
    short does not contradict. one, other: prefixes of the columns reference, reference_key and counterparty_key, as
    'bank_'. is_prepared: whether reference_series and reference_text stand there as well, for many pairs of few
    items. -#}
{% macro contradicts(one, other, is_prepared=false) -%}
    {%- set series, texts = [], [] -%}
    {%- for item in [one, other] -%}
        {%- do series.append(item ~ 'reference_series' if is_prepared else reference_series(item ~ 'reference_key')) -%}
        {%- do texts.append(item ~ 'reference_text' if is_prepared else letters_and_digits(item ~ 'reference')) -%}
    {%- endfor -%}
    (
        case
            when {{ one }}reference_key <> {{ other }}reference_key
                then case
                    when {{ series[0] }} = {{ series[1] }} then not {{ is_cut_of(texts[0], texts[1]) }}
                    else false
                end
            else false
        end
        or coalesce(not {{ is_cut_of(one ~ 'counterparty_key', other ~ 'counterparty_key') }}, false)
    )
{%- endmacro %}

{#- What the numbers of one series have in common. -#}
{% macro reference_series(reference_key) -%}
    {{ regexp_replace_all(reference_key, '[0-9]+', '#') }}
{%- endmacro %}

{#- True when one of two references, in upper case, may be the other one cut short: behind a part, as WRI01504 is of
    WRI01504/1, or where a bank's field ends. No field holds fewer letters and digits than var cut_reference_length, so
    INV-101 is not INV-1010. -#}
{% macro is_cut_reference(one, other) -%}
    {%- set letters = [letters_and_digits(one), letters_and_digits(other)] -%}
    (
        {{ is_cut_of(letters[0], letters[1]) }}
        and (
            least(length({{ letters[0] }}), length({{ letters[1] }})) >= {{ var('cut_reference_length') }}
            or not {{ regexp_is_found(
                "substring(case when length(" ~ one ~ ") > length(" ~ other ~ ") then " ~ one ~ " else " ~ other ~ " end, "
                ~ "least(length(" ~ one ~ "), length(" ~ other ~ ")) + 1, 1)",
                '[\\p{L}0-9]'
            ) }}
        )
    )
{%- endmacro %}

{#- True when one of two texts begins with the other. -#}
{% macro is_cut_of(one, other) -%}
    left({{ one }}, least(length({{ one }}), length({{ other }})))
    = left({{ other }}, least(length({{ one }}), length({{ other }})))
{%- endmacro %}
