"""What management has decided upon the findings of a review (params/decisions.yml)."""

from datetime import date

from .section import Section


class Decision(Section):
    """Printed as it is written; what is left empty stays as the playbook proposes it."""

    decision: str = ""
    owner: str = ""
    measure: str = ""
    due: date | None = None
