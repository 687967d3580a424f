"""Under which names people and customers appear (requirement E-36).

The rule lives in views over the mart's tables, so that no query can return a name that the audience may not see, and
no two members ever share a label.
"""

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Naming:
    """``people`` and ``customers``: whether they appear under their names; otherwise under codes by order of id."""

    people: bool = True
    customers: bool = True


def apply(con: duckdb.DuckDBPyConnection, naming: Naming) -> None:
    """Put views of ``reps``, ``accounts``, ``projects`` and ``sales_facts`` before the tables, for this connection.

    A name that several members bear is followed by the id. A customer's name inside a project's name is replaced too.
    Where the labels are the names, the tables themselves are asked.
    """
    (database,) = con.execute("SELECT current_database()").fetchone()
    home = f'"{database}".main'
    people = _labelled(con, "rep", f"{home}.reps", "R", naming.people)
    customers = _labelled(con, "account", f"{home}.accounts", "C", naming.customers)
    if people:
        con.execute(_renamed("reps", home, "rep", "l.label"))
    if customers:
        con.execute(_renamed("accounts", home, "account", "l.label"))
        con.execute(_renamed("projects", home, "account", "coalesce(replace(t.name, l.name, l.label), t.name)"))
    if people or customers:
        con.execute(_facts(home, people, customers))


def _labelled(con: duckdb.DuckDBPyConnection, kind: str, table: str, letter: str, named: bool) -> bool:
    """Make the temporary table of labels by id; whether any label differs from the name."""
    con.execute(_labels(kind, table, letter, named))
    (changed,) = con.execute(f"SELECT count(*) FROM {kind}_labels WHERE label IS DISTINCT FROM name").fetchone()
    return changed > 0


def _renamed(table: str, home: str, kind: str, name: str) -> str:
    return f"""CREATE TEMP VIEW {table} AS SELECT t.* REPLACE ({name} AS name)
               FROM {home}.{table} AS t LEFT JOIN {kind}_labels AS l ON l.{kind}_id = t.{kind}_id"""


def _facts(home: str, people: bool, customers: bool) -> str:
    chosen = [kind for kind, changed in (("rep", people), ("account", customers)) if changed]
    labels = ", ".join(f"coalesce({kind}_labels.label, f.{kind}) AS {kind}" for kind in chosen)
    joins = " ".join(f"LEFT JOIN {kind}_labels ON {kind}_labels.{kind}_id = f.{kind}_id" for kind in chosen)
    return f"CREATE TEMP VIEW sales_facts AS SELECT f.* REPLACE ({labels}) FROM {home}.sales_facts AS f {joins}"


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
