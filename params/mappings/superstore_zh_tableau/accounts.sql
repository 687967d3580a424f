-- Eight customers appear in two 细分: the latest order says which one they are in today.
WITH seen AS (
    SELECT
        "客户 ID" AS account_id, 客户名称 AS name, 细分 AS customer_type, "国家/地区" AS country, _row, _file,
        row_number() OVER (PARTITION BY "客户 ID" ORDER BY to_date(订单日期) DESC, _row DESC) AS age
    FROM raw."订单_gbk"
)
SELECT account_id, name, customer_type, country, _row, _file FROM seen WHERE age = 1
