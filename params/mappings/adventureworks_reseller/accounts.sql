-- The territory is that of the reseller's orders (each reseller has one); none for a reseller without orders.
SELECT
    r.ResellerKey AS account_id,
    r.Reseller AS name,
    r."Business Type" AS customer_type,
    r."Country-Region" AS country,
    t.region_id,
    r._row, r._file
FROM raw.Reseller AS r
LEFT JOIN (
    SELECT ResellerKey, min(SalesTerritoryKey) AS region_id
    FROM raw.Sales GROUP BY ResellerKey HAVING count(DISTINCT SalesTerritoryKey) = 1
) AS t ON t.ResellerKey = r.ResellerKey
