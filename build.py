"""Build a review pack: ``python build.py --period H1``; ``python build.py --help`` tells the rest."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN_PYTHON = HERE / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main() -> None:
    if find_spec("salesreview") is None:
        if OWN_PYTHON.exists() and Path(sys.prefix).resolve() != (HERE / ".venv").resolve():
            os.execv(OWN_PYTHON, [str(OWN_PYTHON), str(HERE / "build.py"), *sys.argv[1:]])
        sys.exit("salesreview is not installed here; run `make setup` (or `conda env create -f environment.yml`) first")
    from salesreview.cli import run

    run()


if __name__ == "__main__":
    main()
