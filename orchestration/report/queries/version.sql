select
    version,
    as_of_date,
    cast(published_at as timestamp) as published_at,
    published_by,
    note
from published.version
