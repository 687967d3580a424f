-- Agents and their managers. Names are the only ids that the set has.
SELECT sales_agent AS rep_id, sales_agent AS name, manager AS team_id, regional_office AS region_id,
    '销售代表' AS role, true AS quota_carrying
FROM raw.sales_teams
UNION ALL
SELECT DISTINCT manager, manager, manager, regional_office, '销售经理', false
FROM raw.sales_teams
