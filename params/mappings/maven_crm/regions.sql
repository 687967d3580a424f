SELECT DISTINCT regional_office AS region_id, regional_office AS name, true AS office
FROM raw.sales_teams
