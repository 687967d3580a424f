"""The command line behind ``build.py``; ``--help`` is its reference."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, Exit, TyperException

from . import __version__, settings
from .errors import OptionError, SalesReviewError, nearest
from .progress import terminal_progress
from .reviews import VARIANTS

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

LANGUAGES = ("zh", "en")
FORMATS = ("html", "pdf", "xlsx", "pptx")
ENGINES = ("weasyprint", "quarto")
CHECKS = "Checking the data"
ALL_VARIANTS = ",".join(VARIANTS)

Source = Annotated[
    str | None,
    typer.Option(help="Folder, file or database URL with the data. Default: the generated sample company."),
]
Mapping = Annotated[
    str | None, typer.Option(help="Name of a folder in params/mappings, or a folder. Default: the data is canonical.")
]
AsOf = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Last day that counts; later facts are invisible. Default: last order."),
]
Out = Annotated[Path, typer.Option(help="Folder that takes the packs.")]
ParamsFile = Annotated[Path | None, typer.Option("--params", help="YAML file with settings over those in params/.")]
Parameter = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="KEY=VALUE", help="One setting or notebook parameter; may be repeated."),
]
Audience = Annotated[
    str | None,
    typer.Option(
        help="Who reads the pack: leadership (sellers appear as codes), manager or analyst (names). "
        "Default: that of params/common.yml, which is leadership."
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Quarantined rows and missing tables are errors.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.callback(invoke_without_command=True)
def build(
    context: typer.Context,
    period: Annotated[
        str | None, typer.Option(help="FY, H1, H2, Q1..Q4, M01..M12 or 2026-01-01:2026-04-15.", show_default=False)
    ] = None,
    year: Annotated[int | None, typer.Option(help="Fiscal year of the period. Default: the year of as-of.")] = None,
    as_of: AsOf = None,
    source: Source = None,
    mapping: Mapping = None,
    variants: Annotated[str, typer.Option(help="Reviews to build, separated by commas.")] = ALL_VARIANTS,
    lang: Annotated[str, typer.Option(help="zh, en or zh,en; the first is the pack's main language.")] = "zh",
    formats: Annotated[str, typer.Option(help="Any of html,pdf,xlsx,pptx.")] = "html,pdf,xlsx,pptx",
    jobs: Annotated[int | None, typer.Option(min=1, help="Parallel workers. Default: one per core.")] = None,
    out: Out = Path("reports"),
    params: ParamsFile = None,
    parameter: Parameter = None,
    audience: Audience = None,
    engine: Annotated[
        str, typer.Option(help="What makes the reviews' pages: weasyprint, or quarto (see docs/quarto.md).")
    ] = "weasyprint",
    quarto_path: Annotated[
        str | None, typer.Option(help="The quarto command. Default: the variable QUARTO_PATH, then PATH.")
    ] = None,
    strict: Strict = False,
    debug: Debug = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Build a sales review pack from data: five reviews as HTML and PDF, an index, and every figure in figures.jsonl.

    Exit codes: 0 all built; 1 built, but a review failed (its page says why); 2 nothing built.
    """
    if version:
        typer.echo(__version__)
        raise typer.Exit()
    if context.invoked_subcommand is not None:
        return
    if period is None:
        raise OptionError("no period given", where="--period", expected="H1, Q2, FY, …", advice="see --help")
    from .pack.build import BuildRequest, build_pack

    request = BuildRequest(
        period=period,
        year=year,
        as_of=_day(as_of),
        source=source,
        mapping=mapping,
        variants=_choices(variants, VARIANTS, "--variants"),
        langs=_choices(lang, LANGUAGES, "--lang"),
        formats=_choices(formats, FORMATS, "--formats"),
        jobs=jobs or os.cpu_count() or 1,
        out=out,
        params_file=params,
        overrides=_assignments(parameter) | ({"audience": audience} if audience else {}),
        strict=strict,
        engine=_one(engine, ENGINES, "--engine"),
        quarto_path=quarto_path,
    )
    with terminal_progress() as progress:
        result = build_pack(request, progress)
    _report(result)
    raise typer.Exit(result.exit_code)


@app.command()
def check(
    source: Source = None,
    mapping: Mapping = None,
    as_of: AsOf = None,
    out: Out = Path("reports"),
    params: ParamsFile = None,
    parameter: Parameter = None,
    strict: Strict = False,
    debug: Debug = False,
) -> None:
    """Validate data without building reviews: print the quality report and write it to OUT/check."""
    from .pack.check import check_data

    with terminal_progress() as progress:
        result = check_data(
            source,
            mapping,
            as_of=_day(as_of),
            out=out,
            params_file=params,
            overrides=_assignments(parameter),
            strict=strict,
            progress=progress,
        )
    typer.echo(result.summary)
    typer.echo(f"quality report: {result.report}")


@app.command()
def gate(
    folder: Annotated[Path, typer.Argument(help="A finished pack, such as reports/2026-H1.")],
    debug: Debug = False,
) -> None:
    """Open each file of a pack and check it: nothing missing, broken, unreadable or contradictory.

    Exit codes: 0 nothing found; 1 problems, one a line with file, place and reason; 2 no pack in the folder.
    """
    from . import gate as checks

    report = checks.check(folder)
    for problem in report.problems:
        typer.echo(problem.line)
    typer.echo(f"{len(report.checked)} files checked, {len(report.problems)} problems")
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def sample(
    out: Annotated[Path, typer.Option(help="Folder to write; it must be new or empty.")],
    scale: Annotated[float, typer.Option(min=0.05, max=100, help="Size of the company; 1.0 has 600 accounts.")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 7,
    format: Annotated[str, typer.Option(help="csv or parquet.")] = "csv",
    debug: Debug = False,
) -> None:
    """Write the generated sample company, one file per table."""
    from .sample.write import write

    (fmt,) = _choices(format, ("csv", "parquet"), "--format")
    write(out, scale=scale, seed=seed, fmt=fmt)
    typer.echo(f"sample company written to {out}")


@app.command()
def evaluate(
    task: Annotated[str, typer.Option(help="What the outcome is: churn or win.")],
    table: Annotated[Path, typer.Option(help="CSV, Excel or Parquet file with one row for each customer or deal.")],
    target: Annotated[str, typer.Option(help="Column with the outcome.")],
    positive: Annotated[str, typer.Option(help="Its value for the event: lost (churn) or won (win).")],
    id: Annotated[str | None, typer.Option(help="Column that names the row; not learned from.")] = None,
    group: Annotated[str | None, typer.Option(help="Column whose rows are kept on one side of a split.")] = None,
    time: Annotated[str | None, typer.Option(help="Column with the day the row's facts were known.")] = None,
    horizon_days: Annotated[int, typer.Option(min=0, help="With --time: days until the outcome is known.")] = 0,
    known_later: Annotated[str, typer.Option(help="Columns filled after the outcome; kept out.")] = "",
    known_early: Annotated[str, typer.Option(help="Columns you vouch for; the leak guard leaves them in.")] = "",
    drop: Annotated[str, typer.Option(help="Columns to leave out.")] = "",
    folds: Annotated[int, typer.Option(min=2, max=20, help="Parts that are tested in turn.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 0,
    json: Annotated[Path | None, typer.Option(help="File for the whole evaluation.")] = None,
    card: Annotated[Path | None, typer.Option(help="File for the model card (Markdown).")] = None,
    debug: Debug = False,
) -> None:
    """Tell whether an outcome in your own table can be predicted: verdict, measures, baselines, leaks, model card."""
    from .models import evaluate as models

    (chosen,) = _choices(task, ("churn", "win"), "--task")
    lists = [
        tuple(part.strip() for part in text.split(",") if part.strip()) for text in (known_later, known_early, drop)
    ]
    request = models.Request(chosen, table, target, positive, id, group, time, *lists, horizon_days)
    made, notes = models.evaluate(request, folds=folds, seed=seed)
    models.write(made, notes, json, card)
    typer.echo(models.summary(made.evaluation, notes))


@app.command()
def doctor(debug: Debug = False) -> None:
    """Tell what is installed, what is missing, and what that costs."""
    from .doctor import examine

    findings = examine()
    for finding in findings:
        typer.echo(finding.line)
    raise typer.Exit(2 if any(finding.fatal and not finding.ok for finding in findings) else 0)


def _report(result) -> None:
    for review in result.reviews:
        state = "built" if review.ok else f"FAILED: {review.reason}"
        typer.echo(f"{review.variant:12} {state}")
    for note in result.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"data up to {result.as_of}; pack: {result.folder}")


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def _choices(text: str, valid: tuple[str, ...], option: str) -> tuple[str, ...]:
    """The comma-separated names of an option, each once, in the order given."""
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names:
        raise OptionError("nothing chosen", where=option, expected=", ".join(valid), got=repr(text))
    for name in names:
        if name not in valid:
            close = nearest(name, valid)
            advice = f"did you mean {close}?" if close else None
            raise OptionError("unknown name", where=option, expected=", ".join(valid), got=name, advice=advice)
    return names


def _one(text: str, valid: tuple[str, ...], option: str) -> str:
    """The one name of an option; raises OptionError for none or several."""
    chosen = _choices(text, valid, option)
    if len(chosen) > 1:
        raise OptionError("only one can be chosen", where=option, expected=" or ".join(valid), got=text)
    return chosen[0]


def _assignments(items: list[str] | None) -> dict[str, object]:
    return dict(settings.assignment(item) for item in items or ())


def run(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code; errors are one message unless ``--debug`` is given."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = app(given, prog_name="build.py", standalone_mode=False)
    except Exit as leave:
        code = leave.exit_code
    except TyperException as error:
        error.show()
        code = 2
    except (Abort, KeyboardInterrupt):
        typer.echo("stopped", err=True)
        code = 130
    except SalesReviewError as error:
        if "--debug" in given:
            raise
        typer.echo(f"error: {error}", err=True)
        code = 2
    except Exception as error:
        if "--debug" in given:
            raise
        typer.echo(f"error: unexpected {type(error).__name__}: {error}; run with --debug for the traceback", err=True)
        code = 2
    sys.exit(code or 0)
