{#- Upper case, letters of any script and digits only, null when nothing is left. -#}
{% macro letters_and_digits(expression) -%}
    nullif({{ regexp_replace_all(upper_case(expression), '[^\\p{L}0-9]', '') }}, '')
{%- endmacro %}

{#- Upper case. Of a sharp s DuckDB makes one capital letter and Spark two. -#}
{% macro upper_case(expression) -%}
    upper(replace({{ expression }}, 'ß', 'SS'))
{%- endmacro %}

{#- A bank account number or IBAN as it is compared. Leading zeros belong to an account number. -#}
{% macro normalized_account(expression) -%}
    nullif({{ regexp_replace_all('upper(' ~ expression ~ ')', '[^A-Z0-9]', '') }}, '')
{%- endmacro %}

{#- A reference as it is compared. A long number that is only printed in groups is one number: +++090/0337/00049+++ is
    090033700049, and 21 00000 00003 is 210000000003. In any other, each number loses the zeros that lead it, also
    behind a year that stands before it: INV-2026-004711 and INV2026004711 are INV20264711, and 0000100235 is
    100235. Zeros alone are no reference. -#}
{% macro normalized_reference(expression) -%}
    {%- set one_number = '^[^\\p{L}0-9]*([0-9][^\\p{L}0-9]*){10,}$' -%}
    {%- set year_first = '^[^\\p{L}0-9]*(19|20)[0-9][0-9][^\\p{L}0-9]' -%}
    {%- set not_as_it_stands = '[^A-Z0-9-]|(^|[^0-9])(0|(19|20)[0-9][0-9]0)|^-*$' -%}
    {%- set latin = latin_digits(upper_case(expression)) -%}
    {%- set plain = regexp_replace_all(
        regexp_replace_all(latin, '(^|[^0-9])0+([0-9])', '$1$2'),
        '(^|[^0-9])((19|20)[0-9][0-9])0+([1-9])', '$1$2$4'
    ) -%}
    nullif(
        case
            {#- Most references, told at once. #}
            when not {{ regexp_is_found(upper_case(expression), not_as_it_stands) }}
                then replace({{ upper_case(expression) }}, '-', '')
            when
                {{ regexp_is_found(latin, one_number) }}
                and not {{ regexp_is_found(latin, year_first) }}
                then {{ regexp_replace_all(regexp_replace_all(latin, '[^0-9]', ''), '^0+([0-9])', '$1') }}
            {# DuckDB would evaluate a nullif twice in here. #}
            when {{ regexp_is_found(latin, '[\\p{L}0-9]') }}
                then {{ regexp_replace_all(plain, '[^\\p{L}0-9]', '') }}
        end,
        '0'
    )
{%- endmacro %}

{#- The words of an item's texts that may be references: those that hold a digit, as they stand, without account
    numbers, amounts and dates; numbers printed in groups once more as one word; a cheque's number as CHEQUE and the
    number, however it is introduced (var cheque_words). Words are separated by one blank; null when there is none.
    expressions: texts that may be null. -#}
{% macro reference_words(expressions) -%}
    {%- set parts = [] -%}
    {%- for expression in expressions -%}
        {%- do parts.append("coalesce(" ~ expression ~ ", '')") -%}
    {%- endfor -%}
    {# Blanks are doubled wherever whole words are replaced: neighbours would share one. #}
    {%- set text = "'  ' || "
        ~ latin_digits(upper_case("replace(" ~ parts | join(" || ' ; ' || ") ~ ", ' ', '  ')")) ~ " || '  '" -%}
    {%- set text = regexp_replace_all(
        text, ' ([A-QS-Z][A-Z]|RO|RS)[0-9]{2}( *[A-Z0-9]{4}){3,7}( *[A-Z0-9]{1,3})? ', ' '
    ) -%}
    {%- set text = regexp_replace_all(text, '(^|[^\\p{L}0-9])(' ~ var('account_words') ~ ')[ .:#-]*[0-9]+', ' ') -%}
    {# A title of a Polish split payment begins with its VAT and the payer's number. #}
    {%- set text = regexp_replace_all(text, '/VAT/[^/]*/IDC/[^/]*/INV/', ' INV ') -%}
    {%- set text = regexp_replace_all(text, ' [0-9]{1,3}([.,]?[0-9]{3})*[.,][0-9]{2} ', ' ') -%}
    {# An invoice whose number looks like a day is told by the word before it: FV 12/03/2026 is the twelfth of March's. #}
    {%- set text = regexp_replace_all(
        text,
        '(^|[^\\p{L}0-9])(' ~ var('document_words') ~ ')[ .:#-]*(N[RO][ .:#-]*)?([0-9]{1,4}/[0-9]{1,2}/[0-9]{4})',
        '$1 $2-$4'
    ) -%}
    {%- set text = regexp_replace_all(
        text, ' ([0-9]{1,2}[./-][0-9]{1,2}[./-]([0-9]{2}|[0-9]{4})|(19|20)[0-9]{2}-[0-9]{2}(-[0-9]{2})?) ', ' '
    ) -%}
    {%- set text = regexp_replace_all(
        text,
        '(^|[^\\p{L}0-9])(' ~ var('cheque_words') ~ ')[ .:#-]*((NO|NR|NUMBER|PAID)[ .:#-]*)*([0-9]{2,})',
        ' CHEQUE$5 '
    ) -%}
    {# An invoice's number belongs to its series, also where a blank stands between. #}
    {%- set text = regexp_replace_all(
        text, '(^|[^\\p{L}0-9])(INV)(OICES?)?[ .:#]*(NO[ .:#]*)?([0-9])', '$1$2-$5'
    ) -%}
    {%- set text = regexp_replace_all(text, '(^|[^\\p{L}0-9])(RE|RG|RNR)[ .:#]+([0-9])', '$1$2-$3') -%}
    {%- set text = regexp_replace_all(text, '[^\\p{L}0-9/.-]+', '  ') -%}
    {# Twice, because a group of one digit has a neighbour on either side. #}
    {%- set in_groups = regexp_replace_all(text, '([0-9]) +([0-9])', '$1$2') -%}
    {%- set in_groups = regexp_replace_all(in_groups, '([0-9]) +([0-9])', '$1$2') -%}
    {%- set in_groups = regexp_replace_all(in_groups, ' ([^ ]{1,9}|[^ ]*[^0-9RF ][^ ]*) ', ' ') -%}
    {%- set words = regexp_replace_all(text, ' [^0-9 ]+ ', ' ') -%}
    nullif(trim({{ regexp_replace_all(words ~ " || ' ' || " ~ in_groups, ' +', ' ') }}), '')
{%- endmacro %}

{#- The common table expressions upper_cased, grouped and lettered: a relation with, for each of some columns, a column
    <column>_letters that holds its text in the letters that names are compared in: upper case without accents and dots,
    one script where there is a transliteration, an umlaut like the two letters it may be written as, half-width letters
    like the full ones. In steps, because linters and parsers bound how deep calls may be nested. -#}
{% macro lettered(relation, columns) -%}
{%- set groups = letter_groups_written() -%}
{%- set half = groups | length // 2 -%}
{%- set marks = '[\\x{0300}-\\x{036F}\\x{0591}-\\x{05C7}\\x{0640}\\x{064B}-\\x{065F}\\x{0670}\\x{3099}\\x{309A}\\x{FE00}-\\x{FE0F}' -%}
upper_cased as (

    select
        *,
        {%- for column in columns %}
        {# Dots first: A.E. is AE, which is compared as A. Accents may go; the marks of Indian and Thai scripts are vowels. #}
        {{ letters_replaced(
            regexp_replace_all(upper_case(column), marks ~ '\\x27.’`ーｰﾞﾟ]', ''), groups[:half]
        ) }} as {{ column }}_upper_cased{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}

),

grouped as (

    select
        *,
        {%- for column in columns %}
        translate(
            {{ letters_replaced(column ~ '_upper_cased', groups[half:]) }}, '{{ letters_written() }}', '{{ letters_compared() }}'
        ) as {{ column }}_grouped{{ ',' if not loop.last }}
        {%- endfor %}
    from upper_cased

),

lettered as (

    select
        *,
        {%- for column in columns %}
        {{ letters_replaced(column ~ '_grouped', letter_groups_compared()) }} as {{ column }}_letters{{ ',' if not loop.last }}
        {%- endfor %}
    from grouped

)
{%- endmacro %}

{#- A text with some letters replaced by others, in order. replacements: pairs of letters. -#}
{% macro letters_replaced(expression, replacements) -%}
    {%- set text = namespace(sql=expression) -%}
    {%- for written, compared in replacements -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ written ~ "', '" ~ compared ~ "')" -%}
    {%- endfor -%}
    {{ text.sql }}
{%- endmacro %}

{#- The words of a name as they are compared: letters of any script, without punctuation, what processors of cards write
    before a name (var card_marks), titles (var titles), legal forms (var legal_forms), long numbers and, of a text, what
    banks write around a name (vars bank_words, document_words), nor the letters of a reference, which US-77105 begins
    with. Words are separated by one blank; null when none is left. expression: text as lettered gives it.
    is_text: whether it is a text in which a name may stand, not the name itself. -#}
{% macro name_words(expression, is_text=false) -%}
    {# Blanks are doubled, because neighbouring words would share one. #}
    {%- set text = "'  ' || " ~ regexp_replace_all(
        expression,
        '(^| )(' ~ var('card_marks') ~ ') ?[*]|(^| )M/S[. ]|'
        ~ ('(^|[^\\p{L}\\p{M}0-9]+)\\p{L}{1,4}[-/][0-9]+|' if is_text else '') ~ '[^\\p{L}\\p{M}0-9]+',
        '  '
    ) ~ " || '  '" -%}
    {%- set left_out = var('legal_forms') ~ '|' ~ var('titles')
        ~ ('|' ~ var('bank_words') ~ '|' ~ var('document_words') if is_text else '') -%}
    {%- set digits = 2 if is_text else 3 -%}
    {%- set text = regexp_replace_all(
        text, ' (' ~ left_out ~ '|[\\p{L}0-9]*([0-9][\\p{L}0-9]*){' ~ digits ~ ',}) ', ' '
    ) -%}
    nullif(trim({{ regexp_replace_all(text, ' +', ' ') }}), '')
{%- endmacro %}

{#- Whether a text has one of the words, or of the phrases, of a list: a whole word, not a part of one. words: name of
    the var that lists them, separated by |. -#}
{% macro has_word(expression, words) -%}
    coalesce({{ regexp_is_found('upper(' ~ expression ~ ')', '(^|[^\\p{L}])(' ~ var(words) ~ ')($|[^\\p{L}])') }}, false)
{%- endmacro %}

{#- Whether a text has a word for a charge of the bank that is not a part of somebody's name (var charge_names). -#}
{% macro tells_charge(text) -%}
    {{ has_word(
        regexp_replace_all('upper(' ~ text ~ ')', '(^|[^\\p{L}])(' ~ var('charge_names') ~ ')($|[^\\p{L}])', ' '),
        'charge_words'
    ) }}
{%- endmacro %}

{#- Whether a name is no name but what the bank charges: it ends with the word for it. -#}
{% macro ends_with_charge(name) -%}
    {{ regexp_is_found('upper(' ~ name ~ ')', '(^|[^\\p{L}])(' ~ var('charge_words') ~ ')[^\\p{L}]*$') }}
{%- endmacro %}
