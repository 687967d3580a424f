-- One line of one piece for each won deal. The pipeline writes GTXPro, the product list GTX Pro.
SELECT
    p.opportunity_id AS order_id,
    1 AS line_no,
    d.product AS product_id,
    1 AS qty,
    d.sales_price AS list_price,
    p.close_value AS net_amount,
    p._row, p._file
FROM raw.sales_pipeline AS p
LEFT JOIN raw.products AS d ON d.product = CASE p.product WHEN 'GTXPro' THEN 'GTX Pro' ELSE p.product END
WHERE p.deal_stage = 'Won'
