-- One row per person and month, and one per month for the total: the sum of the persons' (see mapping.yml).
WITH persons AS (
    SELECT s.EmployeeKey AS rep_id, to_date(t.TargetMonth) AS month, CAST(to_number(t.TargetAmount) AS DECIMAL(18, 2)) AS value
    FROM raw.Targets AS t
    JOIN raw.Salesperson AS s ON s.EmployeeID = t.EmployeeID
    WHERE s.Title NOT LIKE '%Manager%' AND s.Title NOT LIKE '%Director%'
),
targets AS (
    SELECT 'rep' AS dim, rep_id AS member, month, value FROM persons
    UNION ALL
    SELECT 'total', NULL, month, sum(value) FROM persons GROUP BY month
)
SELECT
    dim || '-' || coalesce(member || '-', '') || strftime(month, '%Y-%m') AS target_id,
    strftime(month, '%Y-M%m') AS period_code,
    month AS period_start,
    last_day(month) AS period_end,
    'sales' AS metric,
    dim,
    member,
    value,
    '元' AS unit,
    'higher' AS direction,
    'original' AS version,
    'approved' AS status,
    member AS owner_id
FROM targets
