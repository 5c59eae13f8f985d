with settlement_lines as (

    {{ loaded_rows('settlement_lines') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as settlement_line_id,
        file_hash,
        load_id,
        file_path,
        profile_code,
        processor,
        coalesce(nullif(trim(merchant), ''), '') as merchant,
        nullif(trim(payout_reference), '') as payout_reference,
        transaction_reference,
        kind as settlement_kind,
        line_type,
        upper(trim(currency)) as currency,
        nullif(trim(reference), '') as reference,
        nullif(trim(memo), '') as memo,
        original_currency,
        line_number,
        gross as gross_amount,
        fee as fee_amount,
        net as net_amount,
        original_amount,
        balance,
        payouts_are_in_order,
        occurred_on,
        paid_on,
        cast(occurred_at as timestamp) as occurred_at
    from settlement_lines

)

select * from renamed
