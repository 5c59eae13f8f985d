{#- Letters that names are written with in more than one way, in upper case, and the letter that each is compared as, place by
    place: Latin and Greek letters with accents, full-width letters and digits, hiragana, half-width and voiced kana. -#}
{% macro letters_written() -%}
    {{ return(
        'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝĀĂĄĆĈĊČĎĒĔĖĘĚĜĞĠĢĤĨĪĬĮİĴĶĹĻĽŃŅŇŌŎŐŔŖŘŚŜŞŠŢŤŨŪŬŮŰŲŴŶŸŹŻŽƠƯǍǏǑǓǕǗǙǛǞǠǦǨǪǬǴǸǺ' ~
        'ȀȂȄȆȈȊȌȎȐȒȔȖȘȚȞȦȨȪȬȮȰȲḀḂḄḆḈḊḌḎḐḒḔḖḘḚḜḞḠḢḤḦḨḪḬḮḰḲḴḶḸḺḼḾṀṂṄṆṈṊṌṎṐṒṔṖṘṚṜṞṠṢṤṦṨṪṬṮṰṲṴṶṸṺṼṾẀẂẄẆẈẊẌẎẐẒẔẠẢẤ' ~
        'ẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸØĐŁĦŦÐƗΆΈΉΊΌΎΏΪΫἈἉἊἋἌἍἎἏἘἙἚἛἜἝἨἩἪἫἬἭἮἯἸἹἺἻἼἽἾἿὈὉὊὋὌὍὙὛὝὟὨὩ' ~
        'ὪὫὬὭὮὯᾸᾹᾺΆῈΈῊΉῘῙῚΊῨῩῪΎῬῸΌῺΏЁ０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺァィゥェォガギグゲゴザジズゼゾダヂッヅデドバパビピブプベペボポャュョヮヴ' ~
        'ぁあぃいぅうぇえぉおかがきぎくぐけげこごさざしじすずせぜそぞただちぢっつづてでとどなにぬねのはばぱひびぴふぶぷへべぺほぼぽまみむめもゃやゅゆょよらりるれろゎわゐゑをんゔゕゖｦｧｨｩｪｫｬｭｮｯｱｲｳｴ' ~
        'ｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ'
    ) }}
{%- endmacro %}

{% macro letters_compared() -%}
    {{ return(
        'AAAAAACEEEEIIIINOOOOOUUUUYAAACCCCDEEEEEGGGGHIIIIIJKLLLNNNOOORRRSSSSTTUUUUUUWYYZZZOUAIOUUUUUAAGKOOGNA' ~
        'AAEEIIOORRUUSTHAEOOOOYABBBCDDDDDEEEEEFGHHHHHIIKKKLLLLMMMNNNNOOOOPPRRRRSSSSSTTTTUUUUUVVWWWWWXXYZZZAAA' ~
        'AAAAAAAAAEEEEEEEEIIOOOOOOOOOOOOUUUUUUUYYYYODLHTDIΑΕΗΙΟΥΩΙΥΑΑΑΑΑΑΑΑΕΕΕΕΕΕΗΗΗΗΗΗΗΗΙΙΙΙΙΙΙΙΟΟΟΟΟΟΥΥΥΥΩΩ' ~
        'ΩΩΩΩΩΩΑΑΑΑΕΕΗΗΙΙΙΙΥΥΥΥΡΟΟΩΩЕ0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZアイウエオカキクケコサシスセソタチツツテトハハヒヒフフヘヘホホヤユヨワウ' ~
        'アアイイウウエエオオカカキキククケケココササシシススセセソソタタチチツツツテテトトナニヌネノハハハヒヒヒフフフヘヘヘホホホマミムメモヤヤユユヨヨラリルレロワワヰヱヲンウヵヶヲアイウエオヤユヨツアイウエ' ~
        'オカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン'
    ) }}
{%- endmacro %}
