with cheques as (

    {{ loaded_rows('cheques') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as cheque_id,
        {{ cash_letter_id('file_hash', 'cash_letter_number') }} as cash_letter_id,
        {# What the bank credits, or charges, in one sum. #}
        case
            when kind = 'return' then concat(file_hash, '-', cast(line_number as string))
            else {{ surrogate_key(
                ['file_hash', 'cash_letter_number', 'bundle_reference', 'deposit_account', 'currency']
            ) }}
        end as deposit_id,
        file_hash,
        load_id,
        nullif(trim(bundle_reference), '') as bundle_reference,
        kind,
        payor_routing,
        account_number,
        {{ normalized_reference('cheque_number') }} as cheque_number,
        sequence_number as item_sequence,
        nullif(trim(payee), '') as payee,
        deposit_account,
        return_reason,
        currency,
        line_number,
        endorsement_count,
        image_count,
        amount,
        deposited_on
    from cheques

)

select * from renamed
