with closed_matches as (

    {{ closed_rows('closed_matches') }}

),

renamed as (

    select
        close_id,
        match_id,
        item_id,
        rule_code,
        difference_kind,
        cleared_on,
        undone_on
    from closed_matches

)

select * from renamed
