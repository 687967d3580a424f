SELECT product AS product_id, product AS name, series AS product_line, sales_price AS list_price, _row, _file
FROM raw.products
