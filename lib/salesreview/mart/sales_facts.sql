-- Grain: one row per line of an order that was not cancelled. Members without a value are {unclassified}.
CREATE TABLE sales_facts AS
WITH sold AS (
    SELECT * FROM orders WHERE status IS NULL OR status <> 'cancelled'
),
only_returns AS (
    SELECT order_id FROM order_lines
    GROUP BY order_id
    HAVING min(CASE WHEN net_amount < 0 OR qty < 0 OR return_of_order_id IS NOT NULL THEN 1 ELSE 0 END) = 1
),
first_orders AS (
    SELECT s.account_id, min(s.order_date) AS first_order_date
    FROM sold AS s
    LEFT JOIN only_returns AS r ON r.order_id = s.order_id
    WHERE s.account_id IS NOT NULL AND r.order_id IS NULL
    GROUP BY s.account_id
),
tier_spans AS (
    SELECT account_id, tier, is_strategic, valid_from, valid_to,
           lead(valid_from) OVER (PARTITION BY account_id ORDER BY valid_from) AS next_from
    FROM account_tier_history
),
tracked AS (
    SELECT DISTINCT account_id FROM account_tier_history
)
SELECT
    l.order_id,
    l.line_no,
    o.order_date,
    coalesce(o.account_id, '{unclassified}') AS account_id,
    coalesce(a.name, o.account_id, '{unclassified}') AS account,
    coalesce(a.customer_type, '{unclassified}') AS customer_type,
    coalesce(CASE WHEN k.account_id IS NULL THEN a.tier ELSE h.tier END, '{unclassified}') AS tier,
    CASE WHEN k.account_id IS NULL THEN a.is_strategic ELSE h.is_strategic END AS is_strategic,
    coalesce(a.industry, '{unclassified}') AS industry,
    coalesce(a.size_band, '{unclassified}') AS size_band,
    coalesce(ar.name, a.region_id, '{unclassified}') AS account_region,
    coalesce(o.region_id, a.region_id, '{unclassified}') AS region_id,
    coalesce(r.name, o.region_id, a.region_id, '{unclassified}') AS region,
    coalesce(o.rep_id, '{unclassified}') AS rep_id,
    coalesce(p.name, o.rep_id, '{unclassified}') AS rep,
    coalesce(p.team_id, '{unclassified}') AS team_id,
    coalesce(t.name, p.team_id, '{unclassified}') AS team,
    coalesce(l.product_id, '{unclassified}') AS product_id,
    coalesce(d.name, l.product_id, '{unclassified}') AS product,
    coalesce(d.product_line, '{unclassified}') AS product_line,
    coalesce(d.class, '{unclassified}') AS product_class,
    coalesce(d.service_type, '{unclassified}') AS service_type,
    coalesce(d.priority, '{unclassified}') AS priority,
    coalesce(d.life_cycle, '{unclassified}') AS life_cycle,
    d.launch_date,
    coalesce(o.sales_channel, '{unclassified}') AS sales_channel,
    coalesce(c.name, o.sales_channel, '{unclassified}') AS channel,
    l.qty,
    l.list_price,
    l.net_amount,
    l.cost_amount,
    l.net_amount < 0 OR coalesce(l.qty < 0, false) OR l.return_of_order_id IS NOT NULL AS is_return,
    l.return_of_order_id,
    o.opp_id,
    o.contract_id,
    o.project_id,
    f.first_order_date,
    a.potential_spend
FROM order_lines AS l
JOIN sold AS o ON o.order_id = l.order_id
LEFT JOIN accounts AS a ON a.account_id = o.account_id
LEFT JOIN regions AS ar ON ar.region_id = a.region_id
LEFT JOIN regions AS r ON r.region_id = coalesce(o.region_id, a.region_id)
LEFT JOIN reps AS p ON p.rep_id = o.rep_id
LEFT JOIN teams AS t ON t.team_id = p.team_id
LEFT JOIN products AS d ON d.product_id = l.product_id
LEFT JOIN channels AS c ON c.channel_id = o.sales_channel
LEFT JOIN first_orders AS f ON f.account_id = o.account_id
LEFT JOIN tracked AS k ON k.account_id = o.account_id
LEFT JOIN tier_spans AS h
    ON h.account_id = o.account_id
    AND o.order_date >= h.valid_from
    AND (h.valid_to IS NULL OR o.order_date <= h.valid_to)
    AND (h.next_from IS NULL OR o.order_date < h.next_from)
ORDER BY o.order_date, l.order_id, l.line_no
