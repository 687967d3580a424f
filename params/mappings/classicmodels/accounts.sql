SELECT
    c.customerNumber AS account_id,
    c.customerName AS name,
    c.country,
    o.territory AS region_id,
    c.salesRepEmployeeNumber AS owner_rep_id,
    c.creditLimit AS credit_limit,
    c._row, c._file
FROM raw.customers AS c
LEFT JOIN raw.employees AS e ON e.employeeNumber = c.salesRepEmployeeNumber
LEFT JOIN raw.offices AS o ON o.officeCode = e.officeCode
