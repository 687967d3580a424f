-- An order's lines agree in day, reseller, person and territory; a line that did not would show up as a repeated order.
SELECT
    SalesOrderNumber AS order_id,
    ResellerKey AS account_id,
    EmployeeKey AS rep_id,
    SalesTerritoryKey AS region_id,
    OrderDate AS order_date,
    'done' AS status,
    min(_row) AS _row,
    min(_file) AS _file
FROM raw.Sales
GROUP BY SalesOrderNumber, ResellerKey, EmployeeKey, SalesTerritoryKey, OrderDate
