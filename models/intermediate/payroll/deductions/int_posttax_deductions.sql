{% call deductions_taken('posttax') %}
select
    limits.payslip_id,
    cast(limits.left_amount + coalesce(sum(garnishments.amount), 0) as decimal(28, 5)) as available_amount,
    payslips.gross_amount as basis_amount
from {{ ref('int_garnishment_limits') }} as limits
inner join {{ ref('int_payslips_calculable') }} as payslips
    on limits.payslip_id = payslips.payslip_id
left join {{ ref('int_garnishments') }} as garnishments
    on limits.payslip_id = garnishments.payslip_id
group by limits.payslip_id, limits.left_amount, payslips.gross_amount
{% endcall %}
