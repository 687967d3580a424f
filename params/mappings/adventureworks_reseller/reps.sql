-- region_id only for a person with one territory.
SELECT
    s.EmployeeKey AS rep_id,
    s.Salesperson AS name,
    t.region_id,
    CASE WHEN s.Title LIKE '%Manager%' OR s.Title LIKE '%Director%' THEN '销售经理' ELSE '销售代表' END AS role,
    NOT (s.Title LIKE '%Manager%' OR s.Title LIKE '%Director%') AS quota_carrying,
    s._row, s._file
FROM raw.Salesperson AS s
LEFT JOIN (
    SELECT EmployeeKey, min(SalesTerritoryKey) AS region_id
    FROM raw.SalespersonRegion GROUP BY EmployeeKey HAVING count(DISTINCT SalesTerritoryKey) = 1
) AS t ON t.EmployeeKey = s.EmployeeKey
