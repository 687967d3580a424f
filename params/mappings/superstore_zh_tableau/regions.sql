SELECT 区域 AS region_id, 区域 AS name, _row, _file FROM raw."销售人员_utf8bom"
