"""`certify scheme`: check a scheme's folder, show what a scheme asks, and what an application would lead to."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table

from schemas.application_answers import read_answers
from schemas.errors import Unacceptable
from schemas.scheme import BUILT_IN, Cap, CriterionRule, Floor, Language, Scheme, Tier, TierRules
from schemas.scheme_loading import SchemeError, load_scheme
from workflows.rules.risk import assess_tier
from workflows.rules.self_check import self_check

app = typer.Typer(name="scheme", no_args_is_help=True, help="Certification schemes as data: check one, show one.")

Folder = Annotated[Path, typer.Argument(help="Folder with the scheme's YAML files.", show_default=False)]
Machine = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


@app.command(epilog="Example: certify scheme check schemas/schemes/ai-ethics-code")
def check(path: Folder, machine: Machine = False) -> None:
    """Check a scheme: exit 0 if it can be used, else 1 with one problem a line, each with file and line.

    The worked examples of the scheme are computed and must come out as they say.
    """
    scheme = _loaded(path, machine=machine)
    failing = failing_examples(scheme)
    if failing:
        raise _failed([{"file": str(path), "line": None, "message": one} for one in failing], machine=machine)
    rules = scheme.rules
    if machine:
        found = {"ok": True, "id": rules.id, "version": rules.version, "digest": scheme.digest, "problems": []}
        typer.echo(json.dumps(found))
    else:
        typer.echo(f"{rules.id} {rules.version}: {len(rules.criteria)} criteria, digest {scheme.digest}")


@app.command(epilog="Example: certify scheme show --tier low --lang ru")
def show(
    path: Annotated[Path, typer.Argument(help="Folder of another scheme than the built-in one.")] = BUILT_IN,
    tier: Annotated[Tier | None, typer.Option(help="Only what this risk tier asks.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or ru.")] = "en",
    machine: Machine = False,
) -> None:
    """Show a scheme: criteria, tiers, caps and floors, and where it differs from the Code."""
    language = _language(lang)
    scheme = _loaded(path, machine=machine)
    if machine:
        typer.echo(json.dumps(_as_json(scheme, tier), ensure_ascii=False))
        return
    _print(_tables(scheme, tier, language))


@app.command("self-check", epilog="Example: certify scheme self-check examples/digit-reader --lang ru")
def check_self(
    application: Annotated[
        Path, typer.Argument(help="Application folder, or its application.yaml; it may be unfinished.")
    ],
    scheme_folder: Annotated[
        Path, typer.Option("--scheme", help="Folder of another scheme than the built-in one.")
    ] = BUILT_IN,
    lang: Annotated[str, typer.Option(help="Language of the texts: en or ru.")] = "en",
    machine: Machine = False,
) -> None:
    """See what an application would lead to: tier, requirements, times and fee. Sends nothing, keeps nothing."""
    language = _language(lang)
    scheme = _loaded(scheme_folder, machine=machine)
    named, answers = read_answers(application)
    if named not in {None, scheme.rules.id}:
        raise Unacceptable("unknown_scheme", f"The application is under the scheme {named}; give its folder.")
    found = self_check(scheme, answers)
    if machine:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False))
        return
    from certify.self_check_tables import tables  # noqa: PLC0415  # each command loads only what it runs

    _print(tables(scheme, found, language))


def failing_examples(scheme: Scheme) -> list[str]:
    """Return a sentence for each worked example that does not give the tier it names."""
    ungated = scheme.rules.model_copy(update={"gates": ()})
    failing: list[str] = []
    for number, example in enumerate(scheme.examples, start=1):
        tier = assess_tier(ungated, dict(zip(ungated.questions, example.answers, strict=True)), {}).tier
        if tier != example.tier:
            failing.append(f"example {number} ({example.name or example.decided_by}) is {tier}, not {example.tier}")
    return failing


def _language(lang: str) -> Language:
    if lang not in {"en", "ru"}:
        raise typer.BadParameter("en or ru", param_hint="--lang")
    return "ru" if lang == "ru" else "en"


def _print(parts: Iterable[RenderableType]) -> None:
    console = Console()
    for part in parts:
        console.print(part)


def _loaded(path: Path, *, machine: bool) -> Scheme:
    try:
        return load_scheme(path)
    except SchemeError as wrong:
        problems = [{"file": one.file, "line": one.line, "message": one.message} for one in wrong.problems]
        raise _failed(problems, machine=machine) from None


def _failed(problems: list[dict[str, Any]], *, machine: bool) -> typer.Exit:
    """Print the problems, one a line on stderr or as one object on stdout; return the exit."""
    if machine:
        typer.echo(json.dumps({"ok": False, "problems": problems}, ensure_ascii=False))
    for one in () if machine else problems:
        place = one["file"] if one["line"] is None else f"{one['file']}:{one['line']}"
        typer.echo(f"{place}: {one['message']}", err=True)
    return typer.Exit(1)


def _as_json(scheme: Scheme, tier: Tier | None) -> dict[str, Any]:
    """Return the scheme's JSON with its digest and derived lists; with a tier, only the criteria it asks."""
    whole = scheme.model_dump(mode="json")
    if tier is not None:
        asked = {rule.id for rule in scheme.rules.criteria_of(tier)}
        for half in ("rules", "texts"):
            whole[half]["criteria"] = {key: part for key, part in whole[half]["criteria"].items() if key in asked}
    return {
        "digest": scheme.digest,
        "stricter_than_code": scheme.rules.stricter_than_code,
        "softer_than_code": scheme.rules.softer_than_code,
        "not_asked_in_low_tier": scheme.rules.not_asked_in_low_tier,
        **whole,
    }


def _tables(scheme: Scheme, tier: Tier | None, language: Language) -> Iterator[RenderableType]:
    rules, texts = scheme.rules, scheme.texts
    yield f"[bold]{texts.title.in_language(language)}[/bold] {rules.version} ({texts.status.in_language(language)})"
    yield f"digest {scheme.digest}"
    yield _criteria(scheme, tier, language)
    yield _tiers(scheme, tuple(Tier) if tier is None else (tier,), language)
    yield _caps_and_floors(scheme, language)
    yield f"Stricter than the Code: {', '.join(rules.stricter_than_code)}"
    yield f"Softer than the Code: {', '.join(rules.softer_than_code)}"
    yield f"Must or should in the Code, not asked in the low tier: {', '.join(rules.not_asked_in_low_tier)}"


def _table(*headings: str, title: str) -> Table:
    """Return an empty table that folds long words: a terminal of 80 columns loses nothing."""
    table = Table(title=title, box=box.SIMPLE, title_justify="left", pad_edge=False)
    for at, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=at == 0)
    return table


def _criteria(scheme: Scheme, tier: Tier | None, language: Language) -> Table:
    every = (scheme.rules.criteria[key] for key in sorted(scheme.rules.criteria))
    shown = list(scheme.rules.criteria_of(tier) if tier else every)
    table = _table("criterion", "", "Code: here", "tiers", "answered by", title=f"{len(shown)} criteria")
    for rule in shown:
        tiers = dict.fromkeys((min(rule.tiers).value, max(rule.tiers).value))
        title = scheme.texts.criteria[rule.id].title.in_language(language)
        table.add_row(rule.id, title, f"{rule.basis}: {rule.kind}", " to ".join(tiers), _answered_by(rule))
    return table


def _answered_by(rule: CriterionRule) -> str:
    condition = f" if {rule.answered_if}" if rule.answered_if else ""
    low = f"low: {rule.answered_by_low}{condition}" if rule.answered_by_low else ""
    return rule.answered_by or low


_TIER_ROWS: dict[str, Callable[[TierRules], str]] = {
    "reviewers": lambda tier: str(tier.reviewers.count),
    "reviews each": lambda tier: str(tier.reviews_per_criterion),
    "third party": lambda tier: tier.neutral_third_party.replace("_", " "),
    "quorum": lambda tier: tier.decision.quorum or f"{tier.decision.members_present_min} members",
    "majority": lambda tier: tier.decision.majority,
    "validity": lambda tier: f"{tier.validity_months} months",
    "surveillance": lambda tier: f"every {tier.surveillance.every_months} months",
}


def _tiers(scheme: Scheme, shown: tuple[Tier, ...], language: Language) -> Table:
    names = [scheme.texts.tiers[tier].name.in_language(language) for tier in shown]
    table = _table("", *names, title="Tiers")
    bodies = [scheme.rules.tiers[tier].decision.body for tier in shown]
    areas = [scheme.rules.tiers[tier].reviewers.areas for tier in shown]
    words = {area: text.in_language(language) for area, text in scheme.texts.areas.items()}
    table.add_row("reviewers of", *(", ".join(words[area] for area in named) for named in areas))
    table.add_row("decided by", *(scheme.texts.bodies[body].in_language(language) for body in bodies))
    for heading, cell in _TIER_ROWS.items():
        table.add_row(heading, *(cell(scheme.rules.tiers[tier]) for tier in shown))
    return table


def _caps_and_floors(scheme: Scheme, language: Language) -> Table:
    table = _table("", "holds when", "tier is", "why", title="Caps, then floors")
    stated: tuple[Cap | Floor, ...] = (*scheme.rules.scoring.caps, *scheme.rules.scoring.floors)
    for rule in stated:
        table.add_row(rule.id, str(rule.when), _limit(rule), scheme.texts.whys[rule.id].in_language(language))
    return table


def _limit(rule: Cap | Floor) -> str:
    return f"at most {rule.at_most}" if isinstance(rule, Cap) else f"at least {rule.at_least}"
