-- One manager answers for each region; the set names no other sales people.
SELECT 区域经理 AS rep_id, 区域经理 AS name, 区域 AS region_id, '销售经理' AS role, true AS quota_carrying, _row, _file
FROM raw."销售人员_utf8bom"
