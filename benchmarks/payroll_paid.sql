-- Records in the lake {lake} that the payments which are due were written into files, as `tieout pay` does. The
-- files' own bytes are left out.
copy (
    select
        payment_id,
        pay_period_id || '/' || file_number as payment_file_id,
        'REF' || dense_rank() over (order by pay_period_id, file_number) as file_reference,
        payslip_id,
        pay_period_id,
        employee_id,
        currency,
        cast(row_number() over (order by payment_id) as varchar) as trace_number,
        cast(priority as bigint) as priority,
        cast(attempt as bigint) as attempt,
        amount,
        paid_on as effective_on,
        cast(null as varchar) as file_hash,
        pay_period_id as load_id
    from payroll.int_payment_file_parts
) to '{lake}/paid_payments/paid.parquet';
