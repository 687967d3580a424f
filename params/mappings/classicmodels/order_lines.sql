WITH priced AS (
    SELECT *, CAST(to_number(quantityOrdered) AS DECIMAL(9, 0)) AS quantity FROM raw.orderdetails
)
SELECT
    d.orderNumber AS order_id,
    d.orderLineNumber AS line_no,
    d.productCode AS product_id,
    d.quantity AS qty,
    p.MSRP AS list_price,
    d.quantity * CAST(to_number(d.priceEach) AS DECIMAL(18, 4)) AS net_amount,
    d.quantity * CAST(to_number(p.buyPrice) AS DECIMAL(18, 4)) AS cost_amount,
    d._row, d._file
FROM priced AS d
LEFT JOIN raw.products AS p ON p.productCode = d.productCode
