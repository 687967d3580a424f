"""A pack of five reviews against what people do by hand: papermill five times, then nbconvert five times.

Both use the same notebooks, the same prepared data and make HTML only. Prints seconds of both and their ratio, run in
turn so that a change of the machine's speed meets both.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from salesreview import prepare
from salesreview.reviews import VARIANTS
from salesreview.settings import load

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
RUNS = 3


def by_hand(folder: Path, mart: Path) -> None:
    for variant in VARIANTS:
        executed = folder / f"{variant}.ipynb"
        source = ROOT / "notebooks" / f"{variant}.ipynb"
        run(BIN / "papermill", source, executed, "-p", "mart", mart, "--no-progress-bar")
    for variant in VARIANTS:
        run(BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", folder / f"{variant}.ipynb")


def by_build(folder: Path) -> None:
    run(sys.executable, ROOT / "build.py", "--period", "H1", "--formats", "html", "--out", folder)


def run(*command) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=ROOT)


def seconds(work, *arguments) -> float:
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        work(Path(folder), *arguments)
        return time.perf_counter() - start


def main() -> None:
    mart = prepare.cached(None, None, as_of=None, settings=load(ROOT / "params"))
    pairs = [(seconds(by_build), seconds(by_hand, mart)) for _ in range(RUNS)]
    build, hand = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"{os.cpu_count()} cores, median of {RUNS}: build {build:.1f} s, by hand {hand:.1f} s, ratio {ratio:.2f}")
    print("the build also prepares the data, which the other finds ready")


if __name__ == "__main__":
    main()
