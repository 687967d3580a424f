-- An id with two names is two products: the name becomes part of the id.
WITH named AS (
    SELECT "产品 ID" AS id, 产品名称 AS name, 类别 AS product_line, 子类别 AS class, min(_row) AS _row, min(_file) AS _file
    FROM raw."订单_gbk"
    GROUP BY "产品 ID", 产品名称, 类别, 子类别
)
SELECT
    CASE WHEN count(*) OVER (PARTITION BY id) = 1 THEN id ELSE id || ' ' || name END AS product_id,
    name, product_line, class, _row, _file
FROM named
