-- A product gets another ProductKey with each new standard cost; it is one product under its name, at the latest cost.
SELECT Product AS product_id, Product AS name, Category AS product_line, Subcategory AS class,
    "Standard Cost" AS std_cost, _row, _file
FROM raw.Product
QUALIFY row_number() OVER (PARTITION BY Product ORDER BY TRY_CAST(ProductKey AS INTEGER) DESC) = 1
