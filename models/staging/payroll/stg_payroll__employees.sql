with employees as (

    {{ loaded_rows('hr_employees') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as employees_row_id,
        trim(employee_id) as employee_id,
        file_hash,
        load_id,
        file_path,
        name,
        trim(tax_id) as tax_id,
        trim(department) as department,
        trim(pay_group) as pay_group,
        trim(work_state) as work_state,
        home_state,
        trim(job_code) as job_code,
        line_number,
        hired_on,
        left_on,
        effective_on
    from employees

)

select * from renamed
