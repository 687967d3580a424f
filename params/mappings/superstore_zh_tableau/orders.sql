-- Grain: 订单 ID + 客户 ID + 订单日期 (see mapping.yml). Every line carries a day of shipping, so each order is shipped.
SELECT
    o."订单 ID" || '/' || o."客户 ID" || '/' || o.订单日期 AS order_id,
    o."客户 ID" AS account_id,
    s.区域经理 AS rep_id,
    o.区域 AS region_id,
    o.订单日期 AS order_date,
    'shipped' AS status,
    min(o._row) AS _row,
    min(o._file) AS _file
FROM raw."订单_gbk" AS o
LEFT JOIN raw."销售人员_utf8bom" AS s ON s.区域 = o.区域
GROUP BY o."订单 ID", o."客户 ID", o.订单日期, s.区域经理, o.区域
