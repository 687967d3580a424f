SELECT
    sold.SalesOrderNumber AS order_id,
    row_number() OVER (PARTITION BY sold.SalesOrderNumber ORDER BY sold._row) AS line_no,
    coalesce(known.Product, sold.ProductKey) AS product_id,
    sold.Quantity AS qty,
    sold.Sales AS net_amount,
    sold.Cost AS cost_amount,
    sold._row, sold._file
FROM raw.Sales AS sold
LEFT JOIN raw.Product AS known USING (ProductKey)
