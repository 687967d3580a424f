SELECT ProductKey AS product_id, Product AS name, Category AS product_line, Subcategory AS class,
    "Standard Cost" AS std_cost, _row, _file
FROM raw.Product
