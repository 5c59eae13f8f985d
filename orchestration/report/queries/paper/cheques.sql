select
    cheque_number,
    account_id,
    counterparty,
    payee,
    currency,
    amount,
    issued_amount,
    paid_amount,
    concat_ws(
        ', ',
        case when is_altered then 'not the amount it was issued for' end,
        case when is_unissued then 'not issued' end,
        case when is_duplicate then 'presented before' end,
        case when is_paid_otherwise then 'paid with another amount' end,
        case when is_out_of_range then 'a number that was never printed' end,
        case when is_stale then 'stale' end
    ) as finding,
    thumbnail,
    presented_on,
    count(*) over () as total_count
from documents.fct_cheques
where
    status = 'in_question'
    and account_id is not null
order by amount desc, cheque_id
limit 8
