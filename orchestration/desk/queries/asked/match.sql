select match_id
from marts.fct_matches
where match_id = $match
