{#- The keys under which a name is looked for among others: the first letters of its first two words, its last letters,
    and all its words in whatever order. A key that hundreds of names share tells none of them and is left out. names:
    relation with name_words, name_key, spelling_key and the other columns. -#}
{% macro name_blocks(names, columns=[]) -%}
    select
        name_words,
        name_key,
        spelling_key,
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        block_key
    from (
        select
            keys.*,
            count(*) over (partition by keys.block_key) as names_of_key
        from (
            select distinct
                names.*,
                case places.place
                    when 4 then '=' || {{ words_in_order('names.name_words') }}
                    when 3 then '~' || right(names.name_key, 5)
                    else left(split_part(names.name_words, ' ', places.place), 4)
                end as block_key
            from {{ names }} as names
            cross join (
                select 1 as place
                union all
                select 2 as place
                union all
                select 3 as place
                union all
                select 4 as place
            ) as places
        ) as keys
    ) as counted
    where
        block_key <> ''
        and names_of_key <= {{ var('names_of_a_word') }}
{%- endmacro %}

{#- A name as a text is compared with it: without the words that banks write around names (var bank_words), which are
    left out of texts; the name itself when nothing else is in it. -#}
{% macro without_bank_words(name_words) -%}
    coalesce(
        nullif(
            trim({{ regexp_replace_all(
                regexp_replace_all(
                    "'  ' || replace(" ~ name_words ~ ", ' ', '  ') || '  '", ' (' ~ var('bank_words') ~ ') ', ' '
                ),
                ' +', ' '
            ) }}),
            ''
        ),
        {{ name_words }}
    )
{%- endmacro %}

{#- Whether a name is another one cut short, with at least so many letters left. -#}
{% macro is_cut_name(name, whole, least_length) -%}
    (
        length({{ name }}) >= {{ least_length }}
        and length({{ name }}) < length({{ whole }})
        and left({{ whole }}, length({{ name }})) = {{ name }}
    )
{%- endmacro %}

{#- Whether a name is another one with a slip of the pen: a letter or two, of eight or more, all of them Latin. DuckDB counts
    the bytes that differ and Spark the letters; among ideographs a letter that differs is another name. -#}
{% macro is_slip_of_name(name, other) -%}
    (
        least(length({{ name }}), length({{ other }})) >= 8
        and abs(length({{ name }}) - length({{ other }})) <= 2
        and {{ regexp_is_found(name ~ ' || ' ~ other, '^[A-Z]*$') }}
        and levenshtein({{ name }}, {{ other }})
        <= case when least(length({{ name }}), length({{ other }})) >= 11 then 2 else 1 end
    )
{%- endmacro %}

{#- Whether every word of one name is the word in its place of the other one, but for slips: one letter of four letters and
    more, two of eight and more. Of unlike numbers of words, of which one has a blank too much, one letter may differ in all; one word more
    is no slip. -#}
{% macro are_words_alike(name_words, other_words) -%}
    {%- set keys = ["replace(" ~ name_words ~ ", ' ', '')", "replace(" ~ other_words ~ ", ' ', '')"] -%}
    case
        when length({{ keys[0] }}) - length({{ name_words }}) <> length({{ keys[1] }}) - length({{ other_words }})
            then levenshtein({{ keys[0] }}, {{ keys[1] }}) <= 1 and not {{ is_cut_of(keys[0], keys[1]) }}
        else
            {%- for place in range(1, 6) %}
            {%- set word, other_word = "split_part(" ~ name_words ~ ", ' ', " ~ place ~ ")", "split_part(" ~ other_words ~ ", ' ', " ~ place ~ ")" %}
            {{ 'and ' if not loop.first }}levenshtein({{ word }}, {{ other_word }})
            <= floor(least(length({{ word }}), length({{ other_word }}), 8) / 4)
            {%- endfor %}
    end
{%- endmacro %}

{#- Whether a text, from where a name begins in it, goes on as the name does: the first of the first three words that is
    not the same is the other one cut short. STADTWERKE NEUHAUSEN STROM is not Stadtwerke Neuhausen Wasser. -#}
{% macro goes_on_as(text_words, name_words) -%}
    case
        {%- for place in range(1, 4) %}
        {%- set text_word, name_word = "split_part(" ~ text_words ~ ", ' ', " ~ place ~ ")", "split_part(" ~ name_words ~ ", ' ', " ~ place ~ ")" %}
        when {{ text_word }} <> {{ name_word }} then {{ is_cut_of(text_word, name_word) }}
        {%- endfor %}
        else true
    end
{%- endmacro %}

{#- Whether a name of twelve letters or more goes on, in the longer one, with one to three letters of which a legal form
    begins: OLD MILL GLASS CO, cut by the bank behind its C. -#}
{% macro has_cut_legal_form(name_words, longer) -%}
    (
        length(replace({{ name_words }}, ' ', '')) >= 12
        and length({{ longer }}) - length({{ name_words }}) between 2 and 4
        and left({{ longer }}, length({{ name_words }}) + 1) = {{ name_words }} || ' '
        and position(
            '|' || substring({{ longer }}, length({{ name_words }}) + 2) in '|{{ var("legal_forms") }}'
        ) > 0
    )
{%- endmacro %}

{#- A name of two words with its words exchanged: Anna Krause for Krause, Anna. Null of any other. -#}
{% macro words_swapped(name_words) -%}
    case
        when split_part({{ name_words }}, ' ', 3) = ''
            then split_part({{ name_words }}, ' ', 2) || ' ' || split_part({{ name_words }}, ' ', 1)
    end
{%- endmacro %}

{#- A name of two people, in upper case, with the surname at each given name: Eva und Jan Roth is EVA ROTH JAN ROTH, and
    Roth, Eva und Jan is ROTH EVA ROTH JAN. Any other text as it is. -#}
{% macro both_names(name) -%}
    {%- set joint = ',? (' ~ var('joining_words') ~ ') ' -%}
    {{ regexp_replace_all(
        regexp_replace_all(upper_case(name), '^([^ ,]+)' ~ joint ~ '([^ ,]+) ([^,]+)$', '$1 $4 $3 $4'),
        '^([^ ,]+),? ([^ ,]+)' ~ joint ~ '([^ ,]+)$', '$1 $2 $1 $4'
    ) }}
{%- endmacro %}

{#- The first three of words that single blanks part; fewer where there are no more. -#}
{% macro first_three_words(words) -%}
    trim(split_part({{ words }}, ' ', 1) || ' ' || split_part({{ words }}, ' ', 2) || ' ' || split_part({{ words }}, ' ', 3))
{%- endmacro %}

{#- The last of words that single blanks part. -#}
{% macro last_word(words) -%}
    reverse(split_part(reverse({{ words }}), ' ', 1))
{%- endmacro %}

{#- Whether a text has a name of two words with the first or the second of them as an initial: J PATEL of John Patel. The
    other word has three letters at least. False when one is missing. -#}
{% macro names_by_initial(text, name) -%}
    {%- set one, other = "split_part(" ~ name ~ ", ' ', 1)", "split_part(" ~ name ~ ", ' ', 2)" -%}
    coalesce(
        split_part({{ name }}, ' ', 3) = ''
        and (
            {%- for initial, word in [(one, other), (other, one)] %}
            (
                length({{ word }}) >= 3
                and length({{ initial }}) >= 2
                and position(' ' || left({{ initial }}, 1) || ' ' || {{ word }} || ' ' in ' ' || {{ text }} || ' ') > 0
            ){{ ' or' if not loop.last }}
            {%- endfor %}
        ),
        false
    )
{%- endmacro %}
