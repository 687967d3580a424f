SELECT SalesTerritoryKey AS region_id, Region AS name, _row, _file FROM raw.Region
