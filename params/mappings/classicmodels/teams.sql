-- Everybody who has people reporting to them leads a team, named by title and office rather than by person.
SELECT
    m.employeeNumber AS team_id,
    m.jobTitle || ', ' || o.city AS name,
    m.employeeNumber AS manager_rep_id,
    o.territory AS region_id,
    m._row, m._file
FROM raw.employees AS m
JOIN raw.offices AS o ON o.officeCode = m.officeCode
WHERE m.employeeNumber IN (SELECT reportsTo FROM raw.employees)
