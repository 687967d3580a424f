"""Where each requirement is met: ``python -m salesreview.pack.coverage`` brings docs/coverage.csv up to date.

A requirement that an exhibit of the sample company's reviews names is ``shown`` there, or ``not provided`` when all
its exhibits lack data on the sample; a reason beside it tells what falls short. What no exhibit names keeps the status
and reason written in the file: ``product`` for what the product does rather than shows, ``planned`` for later, ``out of
reach`` when the data model or the inputs cannot tell it. Anything else is an error.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from ..errors import SalesReviewError
from ..notebook import open_review
from ..prepare import params_folder
from ..record import Heading, NotEnough, NotProvided, Review
from ..reviews import VARIANTS

COLUMNS = ("requirement", "status", "where", "reason")
BY_HAND = ("product", "planned", "out of reach")


def places(reviews: Iterable[Review]) -> dict[str, tuple[str, str]]:
    """Status and places (``variant:exhibit`` separated by blanks) by the requirement that exhibits name."""
    shown, absent = defaultdict(list), defaultdict(list)
    for review in reviews:
        for exhibit in review.exhibits:
            if isinstance(exhibit, Heading):
                continue
            into = absent if isinstance(exhibit, NotProvided | NotEnough) else shown
            for code in exhibit.requirements:
                into[code].append(f"{review.variant}:{exhibit.id}")
    found = {code: ("not provided", " ".join(names)) for code, names in absent.items()}
    return found | {code: ("shown", " ".join(names)) for code, names in shown.items()}


def updated(rows: list[dict[str, str]], found: dict[str, tuple[str, str]]) -> list[dict[str, str]]:
    """The ledger's rows with ``found`` put in.

    Raises SalesReviewError for requirements that nothing shows and that no person has explained.
    """
    result, open_ones = [], []
    for row in rows:
        code = row["requirement"]
        if code in found:
            status, where = found[code]
            row = dict(zip(COLUMNS, (code, status, where, row["reason"]), strict=True))
        elif row["status"] not in BY_HAND or not row["reason"]:
            open_ones.append(code)
        result.append(row)
    if open_ones:
        raise SalesReviewError(
            "requirements that no exhibit names",
            where="docs/coverage.csv",
            expected=f"an exhibit, or one of {', '.join(BY_HAND)} with a reason",
            got=", ".join(open_ones),
        )
    return result


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def main() -> None:
    path = params_folder().parent / "docs" / "coverage.csv"
    reviews = [open_review(variant).review for variant in VARIANTS]
    rows = updated(read(path), places(reviews))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stdout.write(f"{path.name}: {sum(row['status'] == 'shown' for row in rows)} of {len(rows)} shown\n")


if __name__ == "__main__":
    main()
