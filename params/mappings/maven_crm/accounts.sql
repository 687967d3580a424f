-- revenue is in millions of dollars; two misspellings are mended.
SELECT
    account AS account_id,
    account AS name,
    CASE sector WHEN 'technolgy' THEN 'technology' ELSE sector END AS industry,
    employees,
    CAST(to_number(revenue) AS DECIMAL(18, 4)) * 1000000 AS annual_revenue,
    CASE office_location WHEN 'Philipines' THEN 'Philippines' ELSE office_location END AS country,
    _row, _file
FROM raw.accounts
