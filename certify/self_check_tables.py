"""A self-check in a terminal: the same rules and words as on the page, without a server."""

from collections.abc import Callable, Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from certify.web import self_check_words as words
from certify.web.language import Language, marked, sentence
from schemas.scheme import Scheme
from schemas.self_check import CriterionFound, SelfCheck

_BARRED = marked("No label can be granted: see gate %(gate)s.")
_TO_SHOW = marked("Requirements to show: %(count)s")
_RECOMMENDED = marked("Recommended, may be left open: %(count)s")
_ANSWERED = marked("Answered without evidence: %(count)s")
_OF_OTHER_ROLES = marked("Not applicable by role: %(count)s")
_UNKNOWN = marked("Counted as the worst, because there is no answer: %(questions)s")
_NOTHING_KEPT = marked("This is no application: nothing was sent and nothing is kept.")


def tables(scheme: Scheme, found: SelfCheck, language: Language) -> Iterator[RenderableType]:
    """Yield what the answers lead to, in the order a reader asks."""
    yield f"[bold]{escape(scheme.texts.title.in_language(language))}[/bold] {found.scheme.version}"
    yield f"digest {found.scheme.digest}"
    if found.barred_by:
        yield f"[bold]{sentence(language, _BARRED, gate=found.barred_by)}[/bold]"
    yield _gates(found, language)
    yield _tier(scheme, found, language)
    unknown = [one.id for one in found.questions if not one.known]
    if unknown:
        yield sentence(language, _UNKNOWN, questions=", ".join(unknown))
    yield from _criteria(scheme, found, language)
    yield _times(found, language)
    yield sentence(language, _NOTHING_KEPT)


def _table(title: str, columns: int = 2) -> Table:
    """Return an empty table without headings; whatever does not fit is folded."""
    table = Table(title=escape(title), box=box.SIMPLE, title_justify="left", pad_edge=False, show_header=False)
    for at in range(columns):
        table.add_column(overflow="fold", no_wrap=at == 0)
    return table


def _row(table: Table, *cells: str) -> None:
    """Add cells as they are: an answer in square brackets is no markup."""
    table.add_row(*(escape(cell) for cell in cells))


def _gates(found: SelfCheck, language: Language) -> Table:
    table = _table(sentence(language, marked("Questions that come first")), columns=4)
    for gate in found.gates:
        answer = words.answer_in(language, gate.answer)
        _row(table, gate.id, gate.text.in_language(language), answer, words.outcome_in(language, gate.outcome))
    return table


def _tier(scheme: Scheme, found: SelfCheck, language: Language) -> Table:
    table = _table(f"{sentence(language, marked('Risk tier'))}: {found.tier_name.in_language(language)}")
    _row(table, sentence(language, marked("Sum")), words.sum_in(language, scheme, found))
    for limit in found.limits:
        _row(table, words.limit_in(language, scheme, limit), f"{limit.why.in_language(language)} [{limit.when}]")
    return table


def _criteria(scheme: Scheme, found: SelfCheck, language: Language) -> Iterator[RenderableType]:
    names = {role: text.in_language(language) for role, text in scheme.texts.roles.items()}

    def evidence(one: CriterionFound) -> str:
        return words.evidence_in(language, scheme, one)

    parts: tuple[tuple[str, Sequence[CriterionFound], Callable[[CriterionFound], str]], ...] = (
        (_TO_SHOW, found.with_status("to_be_shown", mandatory=True), evidence),
        (_RECOMMENDED, found.with_status("to_be_shown", mandatory=False), evidence),
        (_ANSWERED, found.with_status("answered_by_rule"), lambda one: words.source_in(language, one.source)),
        (
            _OF_OTHER_ROLES,
            found.with_status("not_applicable_by_role"),
            lambda one: ", ".join(names[role] for role in one.roles),
        ),
    )
    for title, listed, more in parts:
        if listed:
            table = _table(sentence(language, title, count=len(listed)), columns=3)
            for one in listed:
                _row(table, one.id, one.title.in_language(language), more(one))
            yield table


def _times(found: SelfCheck, language: Language) -> Table:
    times, days = found.times, marked("%(days)s working days")
    table = _table(sentence(language, marked("Time and cost")))
    rows = (
        (marked("Review of the application"), sentence(language, days, days=times.working_days.application_review)),
        (marked("Time to hand in evidence"), sentence(language, marked("%(days)s days"), days=times.evidence_days)),
        (marked("Evaluation"), sentence(language, days, days=times.working_days.evaluation)),
        (marked("Decision"), sentence(language, days, days=times.working_days.decision)),
        (marked("Experts"), str(found.reviewers)),
        (marked("Months of validity"), str(times.validity_months)),
        (marked("Months between surveillances"), str(times.surveillance_every_months)),
        (marked("Fee"), words.fee_in(language, found)),
    )
    for name, value in rows:
        _row(table, sentence(language, name), value)
    return table
