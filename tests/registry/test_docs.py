"""The page of metrics says what the registry says."""

from salesreview.registry import metrics
from salesreview.registry.docs import document


def test_the_page_is_up_to_date(repository):
    page = repository / "docs" / "metrics.md"
    assert page.read_text(encoding="utf-8") == document(), "run python -m salesreview.registry.docs > docs/metrics.md"


def test_each_metric_has_its_row():
    rows = [line.split(" | ")[0] for line in document().splitlines() if line.startswith("| `")]
    assert rows == [f"| `{name}`" for name in sorted(metrics())]
