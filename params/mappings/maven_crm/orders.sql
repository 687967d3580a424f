-- A won deal is an order of the day it closed.
SELECT
    p.opportunity_id AS order_id,
    p.opportunity_id AS opp_id,
    p.account AS account_id,
    p.sales_agent AS rep_id,
    t.regional_office AS region_id,
    p.close_date AS order_date,
    'done' AS status,
    p._row, p._file
FROM raw.sales_pipeline AS p
LEFT JOIN raw.sales_teams AS t ON t.sales_agent = p.sales_agent
WHERE p.deal_stage = 'Won'
