SELECT DISTINCT territory AS region_id, territory AS name, true AS office FROM raw.offices
