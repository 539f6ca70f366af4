"""What the public pages show, and the one table of answers to a scan.

A route fills a view from the record and calls `scan_page`; which status, which headline and which template
follow from the view alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator
from starlette.requests import Request
from starlette.responses import HTMLResponse

from certify.web.language import Language, day, marked, sentence
from certify.web.rendering import Link, render
from schemas.identifiers import Moment
from schemas.label import Authenticity, Standing, Tier
from schemas.public_facts import SeatIn
from schemas.public_statement import PublicStatement

READ = ["GET", "HEAD"]
"""Methods of a page that is read: it may be asked for without its content (RFC 9110, 9.3.2)."""
ENDING_SOON = timedelta(days=60)
"""From here on the headline names the end (shared table of answers)."""

_SINCE = frozenset(
    {Standing.NOT_YET, Standing.SUSPENDED, Standing.WITHDRAWN, Standing.LAPSED, Standing.ENDED_BY_HOLDER}
)

Tone = Literal["good", "caution", "ended", "stop", "unknown"]
Icon = Literal["tick", "clock", "pause", "square", "cross", "question", "pencil"]


class PublicView(BaseModel):
    """What a public page is filled with, and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DecisionView(PublicView):
    """The one decision behind a label, with its figures (ISO/IEC 17065, 7.6).

    Attributes:
        present: ballots cast, abstentions included.
        base: the electorate less recused and conflicted members.
        separate_opinions: what members wrote apart from it, without their names, where the scheme publishes that;
            None for one that cannot be shown now.
    """

    number: str
    decided_on: date
    present: int
    base: int
    in_favour: int
    against: int
    abstained: int
    separate_opinions: tuple[str | None, ...] = ()


class EvaluationView(PublicView):
    """How the case was evaluated (ISO/IEC 17065, 7.4), as far as the public may know.

    Attributes:
        areas: names of the areas of competence, in the reader's language.
        own_tests: criteria that rest on the holder's own tests.
        recused: members of the Commission who took no part.
        had_third_party: a neutral third party reported (Code, I-1.5); `third_party` what it published, None too where
            that cannot be shown now; `third_party_signed` whether it signed that, and that it is independent.
    """

    reviewers: int
    areas: tuple[str, ...]
    met: int
    total: int
    not_applicable: int
    own_tests: int
    recused: int
    had_third_party: bool = False
    third_party: str | None = None
    third_party_signed: bool = False


class StatusChange(PublicView):
    """One entry of a label's history of statuses."""

    standing: Standing
    on: date
    reason: str | None = None


class LabelView(PublicView):
    """What the record says of a label (ISO/IEC 17065, 7.7.1 and 7.8); texts are in the reader's language.

    Attributes:
        holder_country: ISO 3166-1 code.
        languages: ISO 639 codes of the languages the system is offered in.
        meaning: the scheme's `meaning`, filled in.
        successor: number of the label that replaces this one.
        prolongs: number of the label that this one carries on until its renewal is decided.
        renewal_asked: None where the question does not arise.
        scope: what the label still covers, where a decision reduced that; `is_reduced` also where it cannot be shown.
        looked_at: days on which surveillances ended with the label maintained.
        websites: on which the holder says it shows the label.
        appeals: of its holder against decisions about it, in order: `lodged`, or what became of one.
        holder_statement: main limitations and measures by group in the holder's words, which reviewers saw; None where
            the tier's page is not extended.
        holder_seats: where people of the holder sit in the body now; they take no part in what concerns the label. None
            of a program that may not know it.
    """

    product: str
    version: str
    holder: str
    holder_address: str | None = None
    holder_country: str
    tier: Tier
    tier_name: str
    granted_on: date
    ends_on: date
    purpose: str
    deployment: str
    languages: tuple[str, ...]
    scheme_title: str
    scheme_version: str
    scheme_digest: str
    code_edition: str
    decision: DecisionView
    evaluation: EvaluationView
    issuer: str
    issuer_address: str | None = None
    meaning: str
    history: tuple[StatusChange, ...]
    kid: str
    successor: str | None = None
    prolongs: str | None = None
    renewal_asked: bool | None = None
    scope: str | None = None
    is_reduced: bool = False
    looked_at: tuple[date, ...] = ()
    appeals: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    holder_statement: PublicStatement | None = None
    holder_seats: tuple[SeatIn, ...] | None = ()


class ScanView(PublicView):
    """The answer to one scan or one number typed: authenticity and standing, always apart.

    Attributes:
        authenticity: of the token that was scanned, None where only a number was asked for.
        number: formatted, `EJGA-H1E9-8JEK-0736-Q`; None where even that cannot be trusted.
        token: of the label as issued, for whoever verifies it offline; None while no witness saw its issue.
        label: facts of the record; never the claims of a token.
        since: first day of the present standing; of `not_yet`, the day it begins.
        reason: why, in a sentence for the public, where the standing has a reason.
        restoration: of a suspension, how it can be lifted.
        version: number of the step that led to the standing; a later answer never has a smaller one.
        downloads: the label for machines and for print.
        came_from: host of the website that led here; `is_named` whether the holder named it as its own.
    """

    authenticity: Authenticity | None = None
    standing: Standing
    checked_at: Moment
    number: str | None = None
    token: str | None = None
    label: LabelView | None = None
    since: date | None = None
    reason: str | None = None
    restoration: str | None = None
    version: int | None = None
    downloads: tuple[Link, ...] = ()
    came_from: str = ""
    is_named: bool = False

    @model_validator(mode="after")
    def _facts_only_of_known_labels(self) -> Self:
        known = self.standing not in (Standing.UNKNOWN_NUMBER, Standing.COULD_NOT_CHECK) and not self.is_not_ours
        if known != (self.label is not None):
            raise ValueError("facts are shown of a label that is ours and known, and of no other")
        if self.label and self.standing in _SINCE and self.since is None:
            raise ValueError(f"{self.standing} since when?")
        if self.label and self.standing is Standing.SUPERSEDED and self.label.successor is None:
            raise ValueError("superseded by which label?")
        return self

    @property
    def is_not_ours(self) -> bool:
        """Whether a token was scanned that we did not sign as it stands."""
        return self.authenticity not in (None, Authenticity.AUTHENTIC)

    @property
    def is_elsewhere(self) -> bool:
        """Whether another website led here than the register's own, and none that the holder named."""
        return bool(self.came_from) and not self.is_named

    @property
    def is_ending_soon(self) -> bool:
        """Whether the label is in force and ends within `ENDING_SOON` of the check."""
        ends = self.label is not None and self.label.ends_on - self.checked_at.date() < ENDING_SOON
        return ends and self.standing is Standing.IN_FORCE


class MistypedView(PublicView):
    """A number that cannot be right as typed.

    Attributes:
        wrong_group: index (from 0) of the group with an impossible character, None where it cannot be told.
    """

    typed: str
    wrong_group: int | None = None

    @property
    def groups(self) -> tuple[str, ...]:
        """What was typed, in the groups of four a label shows."""
        bare = "".join(character for character in self.typed.upper()[:40] if character not in "- ")
        return tuple(bare[start : start + 4] for start in range(0, len(bare), 4))


class PreviewView(PublicView):
    """The answer to the number or the token of a preview: there is no such label, and never was.

    Attributes:
        number: formatted, `TEST-…`.
    """

    number: str
    is_preview: Literal[True] = True
    standing: Literal[Standing.UNKNOWN_NUMBER] = Standing.UNKNOWN_NUMBER


AnswerView = ScanView | MistypedView | PreviewView


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One row of the table: HTTP status, headline (marked for the catalogue), how it looks, its page."""

    status: int
    headline: str
    tone: Tone
    icon: Icon
    template: str = "public/scan.html"


AnswerName = Literal["ending_soon", "mistyped", "not_in_log", "not_ours", "preview"] | Standing

ANSWERS: Mapping[AnswerName, Answer] = {
    Standing.IN_FORCE: Answer(status=200, headline=marked("Label in force"), tone="good", icon="tick"),
    "ending_soon": Answer(status=200, headline=marked("In force, ends on %(ends_on)s"), tone="good", icon="tick"),
    Standing.NOT_YET: Answer(status=200, headline=marked("Not in force yet"), tone="ended", icon="clock"),
    Standing.SUSPENDED: Answer(
        status=200, headline=marked("Suspended since %(since)s: do not rely on it"), tone="caution", icon="pause"
    ),
    Standing.EXPIRED: Answer(status=200, headline=marked("Expired on %(ends_on)s"), tone="ended", icon="square"),
    Standing.WITHDRAWN: Answer(status=200, headline=marked("Withdrawn on %(since)s"), tone="stop", icon="cross"),
    Standing.LAPSED: Answer(status=200, headline=marked("Ended on %(since)s"), tone="ended", icon="square"),
    Standing.ENDED_BY_HOLDER: Answer(status=200, headline=marked("Ended on %(since)s"), tone="ended", icon="square"),
    Standing.SUPERSEDED: Answer(status=200, headline=marked("Replaced by %(successor)s"), tone="ended", icon="square"),
    Standing.UNKNOWN_NUMBER: Answer(
        status=404,
        headline=marked("Not in the directory"),
        tone="stop",
        icon="question",
        template="public/unknown.html",
    ),
    "mistyped": Answer(
        status=400, headline=marked("Number mistyped"), tone="unknown", icon="pencil", template="public/mistyped.html"
    ),
    "not_ours": Answer(
        status=409, headline=marked("Not our signature"), tone="stop", icon="cross", template="public/not_ours.html"
    ),
    "not_in_log": Answer(
        status=409,
        headline=marked("Not proved to be ours"),
        tone="stop",
        icon="cross",
        template="public/not_in_log.html",
    ),
    "preview": Answer(
        status=200,
        headline=marked("A preview; not a label"),
        tone="unknown",
        icon="question",
        template="public/preview.html",
    ),
    Standing.COULD_NOT_CHECK: Answer(
        status=503,
        headline=marked("Could not check now"),
        tone="unknown",
        icon="question",
        template="public/could_not_check.html",
    ),
}
"""The only table of answers; `certify.web` has no other place where a standing becomes a status."""


def answer_name(view: AnswerView) -> AnswerName:
    """Name the row of `ANSWERS` for a view; a signature that is not ours goes before everything else.

    A label whose proof may be mended is to be asked about again, also where its key may be in other hands.
    """
    if isinstance(view, PreviewView):
        return "preview"
    if isinstance(view, MistypedView):
        return "mistyped"
    if view.authenticity is Authenticity.NOT_IN_LOG:
        return view.standing if view.standing is Standing.COULD_NOT_CHECK else "not_in_log"
    if view.authenticity is Authenticity.KEY_NOT_IN_USE:
        return "not_in_log"
    if view.is_not_ours:
        return "not_ours"
    return "ending_soon" if view.is_ending_soon else view.standing


def answer_for(view: AnswerView) -> Answer:
    """Return the answer to a scan: HTTP status, headline, tone, icon and page."""
    return ANSWERS[answer_name(view)]


def headline(view: AnswerView, language: Language) -> str:
    """Write the headline in a language, with its date or number."""
    values: dict[str, str] = {}
    if isinstance(view, ScanView) and view.label is not None:
        values = {
            "since": day(language, view.since),
            "ends_on": day(language, view.label.ends_on),
            "successor": view.label.successor or "",
        }
    return sentence(language, answer_for(view).headline, **values)


def scan_page(request: Request, view: AnswerView) -> HTMLResponse:
    """Render the page of the answer, with its status."""
    answer = answer_for(view)
    return render(request, answer.template, answer.status, view=view, answer=answer, headline=headline)


class LabelRow(PublicView):
    """A label in the directory."""

    number: str
    href: str
    product: str
    version: str
    holder: str
    tier_name: str
    standing: Standing
    ends_on: date


class LabelsView(PublicView):
    """One page of the directory, with the filter that made it; empty texts filter nothing.

    Attributes:
        tiers: id and name of every tier of the scheme.
        total: labels that match, over all pages.
        next_href: address of the next page, None on the last.
    """

    labels: tuple[LabelRow, ...]
    total: int
    query: str = ""
    standing: str = ""
    tier: str = ""
    tiers: tuple[tuple[str, str], ...] = ()
    next_href: str | None = None


class AnswerRow(PublicView):
    """One published answer of the Commission to an ethics question, anonymised (Code, I-2.3)."""

    published_on: date
    text: str


class PracticeRow(PublicView):
    """One published practice (Code, II-2.6)."""

    article: str
    practice: str
    text: str


class TourStep(PublicView):
    """One step of the demonstration's guided tour, ticked by real state; `who` must be signed in to follow it."""

    text: str
    href: str | None = None
    done: bool = False
    who: str | None = None
