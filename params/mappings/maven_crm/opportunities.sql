-- A lost deal carries the value 0, which says nothing about its size: its amount stays empty, as for an open one.
SELECT
    p.opportunity_id AS opp_id,
    p.account AS account_id,
    p.sales_agent AS rep_id,
    t.manager AS team_id,
    t.regional_office AS region_id,
    CASE p.product WHEN 'GTXPro' THEN 'GTX Pro' ELSE p.product END AS product_id,
    p.engage_date AS created_at,
    p.close_date AS closed_at,
    CASE p.deal_stage WHEN 'Won' THEN 'won' WHEN 'Lost' THEN 'lost' ELSE 'open' END AS outcome,
    CASE WHEN p.deal_stage = 'Won' THEN p.close_value END AS amount,
    p._row, p._file
FROM raw.sales_pipeline AS p
LEFT JOIN raw.sales_teams AS t ON t.sales_agent = p.sales_agent
