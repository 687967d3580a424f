SELECT
    r.orderNumber AS order_id,
    r.customerNumber AS account_id,
    c.salesRepEmployeeNumber AS rep_id,
    o.territory AS region_id,
    r.orderDate AS order_date,
    r.requiredDate AS promised_date,
    CASE r.status
        WHEN 'Shipped' THEN 'shipped'
        WHEN 'Disputed' THEN 'shipped'
        WHEN 'Resolved' THEN 'done'
        WHEN 'In Process' THEN 'open'
        WHEN 'On Hold' THEN 'open'
        WHEN 'Cancelled' THEN 'cancelled'
        ELSE r.status
    END AS status,
    r._row, r._file
FROM raw.orders AS r
LEFT JOIN raw.customers AS c ON c.customerNumber = r.customerNumber
LEFT JOIN raw.employees AS e ON e.employeeNumber = c.salesRepEmployeeNumber
LEFT JOIN raw.offices AS o ON o.officeCode = e.officeCode
