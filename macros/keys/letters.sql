{#- Letters that names are written with in more than one way, in upper case, and the letter that each is compared as,
    place by place: Latin letters with accents, Greek and Cyrillic ones as banks transliterate them, full-width letters
    and digits, hiragana, half-width and voiced kana, Arabic letters that are written for one another. -#}
{% macro letters_written() -%}
    {{ return(
        'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝĀĂĄĆĈĊČĎĒĔĖĘĚĜĞĠĢĤĨĪĬĮİĴĶĹĻĽŃŅŇŌŎŐŔŖŘŚŜŞŠŢŤŨŪŬŮŰŲŴŶŸŹŻŽƠƯǍǏǑǓǕǗǙǛǞǠǦǨǪǬǴǸǺ' ~
        'ȀȂȄȆȈȊȌȎȐȒȔȖȘȚȞȦȨȪȬȮȰȲḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠṢṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẠẢẤ' ~
        'ẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸØĐŁĦŦÐƗΆΈΉΊΌΎΏΪΫἈἉἊἋἌἍἎἏἘἙἚἛἜἝἨἩἪἫἬἭἮἯἸἹἺἻἼἽἾἿὈὉὊὋὌὍὙὛὝὟὨὩ' ~
        'ὪὫὬὭὮὯᾸᾹᾺΆῈΈῊΉῘῙῚΊῨῩῪΎῬῸΌῺΏЁ０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺァィゥェォガギグゲゴザジズゼゾダヂッヅデドバパビピブプベペボポャュョヮヴ' ~
        'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖｦｧｨｩｪｫｬｭｮｯｱｲｳｴ' ~
        'ｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝΑΒΓΔΕΖΗΙΚΛΜΝΞΟΠΡΣΤΥΦΩАБВГҐДЕЗИІЇЙКЛМНОПРСТУЎФХЫЭЄЂЈЉЊЋ' ~
        'أإآٱةىیئؤک'
    ) }}
{%- endmacro %}

{% macro letters_compared() -%}
    {{ return(
        'AAAAAACEEEEIIIINOOOOOUUUUYAAACCCCDEEEEEGGGGHIIIIIJKLLLNNNOOORRRSSSSTTUUUUUUWYYZZZOUAIOUUUUUAAGKOOGNA' ~
        'AAEEIIOORRUUSTHAEOOOOYABBBCDDDDDEEEEEFGHHHHHIIKKKLLLLMMMNNNNOOOOPPRRRRSSSSSTTTTUUUUUVVWWWWWXXYZZZAAA' ~
        'AAAAAAAAAEEEEEEEEIIOOOOOOOOOOOOUUUUUUUYYYYODLHTDIAEIIOYOIYAAAAAAAAEEEEEEIIIIIIIIIIIIIIIIOOOOOOYYYYOO' ~
        'OOOOOOAAAAEEIIIIIIYYYYROOOOE0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZアイウエオカキクケコサシスセソタチツツテトハハヒヒフフヘヘホホヤユヨワウ' ~
        'アアイイウウエエオオカカキキククケケココササシシススセセソソタタチチツツツテテトトナニヌネノハハハヒヒヒフフフヘヘヘホホホマミムメモヤヤユユヨヨラリルレロワワヰヱヲンウヵヶヲアイウエオヤユヨツアイウエ' ~
        'オカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンAVGDEZIIKLMNXOPRSTYFOABVGGDEZIIIYKLMNOPRSTUUFHYEEDJLNC' ~
        'ااااهيييوك'
    ) }}
{%- endmacro %}

{#- The same for letters that are compared as several, or several as one, in the order in which they are replaced:
    before the single ones, and after them. -#}
{% macro letter_groups_written() -%}
    {{ return([
        ('ΜΠ', 'B'), ('ΝΤ', 'NT'), ('ΓΚ', 'GK'), ('ΟΥ', 'OU'), ('ΟΎ', 'OU'), ('ΑΥ', 'AF'), ('ΑΎ', 'AF'), ('ΕΥ', 'EF'), ('ΕΎ', 'EF'),
        ('Θ', 'TH'), ('Χ', 'CH'), ('Ψ', 'PS'),
        ('Ж', 'ZH'), ('Ц', 'TS'), ('Ч', 'CH'), ('Ш', 'SH'), ('Щ', 'SHT'), ('Ю', 'YU'), ('Я', 'YA'), ('Ъ', 'A'), ('Ь', ''),
        ('株式会社', ' '), ('有限会社', ' '), ('合同会社', ' '), ('有限公司', ' '), ('주식회사', ' '), ('유한회사', ' '), ('บริษัท', ' '),
        ('จำกัด', ' '), ('בע"מ', 'בעמ'), ('בע״מ', 'בעמ'),
    ]) }}
{%- endmacro %}

{% macro letter_groups_compared() -%}
    {{ return([
        ('ß', 'SS'), ('ẞ', 'SS'), ('Æ', 'A'), ('Œ', 'O'), ('AE', 'A'), ('OE', 'O'), ('UE', 'U'),
    ]) }}
{%- endmacro %}

{#- A text in upper case with the digits of other scripts, and the letters and marks of references that are as wide as an
    ideograph, as Latin ones. -#}
{% macro latin_digits(expression) -%}
    translate(
        {{ expression }},
        '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ－／',
        '{{ '0123456789' * 5 }}ABCDEFGHIJKLMNOPQRSTUVWXYZ-/'
    )
{%- endmacro %}
