SELECT productCode AS product_id, productName AS name, productLine AS product_line, buyPrice AS std_cost,
    MSRP AS list_price, _row, _file
FROM raw.products
