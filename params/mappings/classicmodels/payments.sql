-- A payment names its customer only; it is allocated first in, first out.
SELECT customerNumber || '-' || checkNumber AS payment_id, customerNumber AS account_id, paymentDate AS paid_at, amount,
    _row, _file
FROM raw.payments
