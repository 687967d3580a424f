SELECT
    SalesOrderNumber AS order_id,
    row_number() OVER (PARTITION BY SalesOrderNumber ORDER BY _row) AS line_no,
    ProductKey AS product_id,
    Quantity AS qty,
    Sales AS net_amount,
    Cost AS cost_amount,
    _row, _file
FROM raw.Sales
