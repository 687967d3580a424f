-- 销售额 is after 折扣; 利润 = 销售额 − cost.
WITH twice AS (
    SELECT "产品 ID" AS id FROM raw."订单_gbk" GROUP BY "产品 ID" HAVING count(DISTINCT 产品名称) > 1
)
SELECT
    o."订单 ID" || '/' || o."客户 ID" || '/' || o.订单日期 AS order_id,
    o."行 ID" AS line_no,
    CASE WHEN t.id IS NULL THEN o."产品 ID" ELSE o."产品 ID" || ' ' || o.产品名称 END AS product_id,
    o.数量 AS qty,
    o.销售额 AS net_amount,
    to_number(o.销售额) - to_number(o.利润) AS cost_amount,
    o._row, o._file
FROM raw."订单_gbk" AS o
LEFT JOIN twice AS t ON t.id = o."产品 ID"
