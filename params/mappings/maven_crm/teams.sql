-- A team is a manager's; it is called after its office, so that no person's name stands in for it.
SELECT
    manager AS team_id,
    regional_office || ' ' || row_number() OVER (PARTITION BY regional_office ORDER BY manager) AS name,
    manager AS manager_rep_id,
    regional_office AS region_id
FROM (SELECT DISTINCT manager, regional_office FROM raw.sales_teams) AS managers
