"""Under which names people and customers appear (requirement E-36).

The rule lives in views over the mart's tables, so that no query can return a name that the audience may not see, and
no two members ever share a label.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """``people`` and ``customers``: whether they appear under their names; otherwise under codes by order of id."""

    people: bool = True
    customers: bool = True


def views(database: str, naming: Naming) -> tuple[str, ...]:
    """Statements that put views of ``reps``, ``accounts``, ``projects`` and ``sales_facts`` before the tables.

    A name that several members bear is followed by the id. A customer's name inside a project's name is replaced too.
    """
    home = f'"{database}".main'
    return (
        _labels("rep", f"{home}.reps", "R", naming.people),
        _labels("account", f"{home}.accounts", "C", naming.customers),
        f"""CREATE TEMP VIEW reps AS
            SELECT r.* REPLACE (l.label AS name) FROM {home}.reps AS r JOIN rep_labels AS l ON l.rep_id = r.rep_id""",
        f"""CREATE TEMP VIEW accounts AS
            SELECT a.* REPLACE (l.label AS name)
            FROM {home}.accounts AS a JOIN account_labels AS l ON l.account_id = a.account_id""",
        f"""CREATE TEMP VIEW projects AS
            SELECT p.* REPLACE (CASE WHEN l.name IS NULL THEN p.name ELSE replace(p.name, l.name, l.label) END AS name)
            FROM {home}.projects AS p LEFT JOIN account_labels AS l ON l.account_id = p.account_id""",
        f"""CREATE TEMP VIEW sales_facts AS
            SELECT f.* REPLACE (coalesce(l.label, f.rep) AS rep, coalesce(c.label, f.account) AS account)
            FROM {home}.sales_facts AS f
            LEFT JOIN rep_labels AS l ON l.rep_id = f.rep_id
            LEFT JOIN account_labels AS c ON c.account_id = f.account_id""",
    )


def _labels(kind: str, table: str, letter: str, named: bool) -> str:
    width = "CAST(greatest(2, length(CAST(members AS VARCHAR))) AS INTEGER)"
    code = f"'{letter}' || lpad(CAST(position AS VARCHAR), {width}, '0')"
    own = f"CASE WHEN namesakes > 1 THEN name || ' (' || {kind}_id || ')' ELSE coalesce(name, {kind}_id) END"
    return f"""
        CREATE TEMP TABLE {kind}_labels AS
        SELECT {kind}_id, name, {own if named else code} AS label
        FROM (
            SELECT {kind}_id, name, row_number() OVER (ORDER BY {kind}_id) AS position, count(*) OVER () AS members,
                   CASE WHEN name IS NULL THEN 1 ELSE count(*) OVER (PARTITION BY name) END AS namesakes
            FROM {table}
        )"""
