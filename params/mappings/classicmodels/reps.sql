SELECT
    e.employeeNumber AS rep_id,
    e.firstName || ' ' || e.lastName AS name,
    e.reportsTo AS team_id,
    o.territory AS region_id,
    CASE
        WHEN e.jobTitle = 'Sales Rep' THEN '销售代表'
        WHEN e.jobTitle LIKE 'Sale% Manager%' THEN '销售经理'
        ELSE '其他'
    END AS role,
    e.jobTitle = 'Sales Rep' AS quota_carrying,
    e._row, e._file
FROM raw.employees AS e
LEFT JOIN raw.offices AS o ON o.officeCode = e.officeCode
