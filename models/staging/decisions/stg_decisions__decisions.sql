with decisions as (

    {{ loaded_rows('decisions') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as decision_row_id,
        trim(decision_id) as decision_id,
        file_hash,
        load_id,
        decision,
        {{ regexp_replace_all('trim(subjects)', ' +', ' ') }} as subjects,
        trim(reason) as reason,
        trim(decided_by) as decided_by,
        decider,
        trim(unit) as unit,
        not_red,
        signed_with,
        line_number,
        difference,
        until_on,
        cast(decided_at as timestamp) as decided_at
    from decisions

)

select * from renamed
