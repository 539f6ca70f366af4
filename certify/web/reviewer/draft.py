"""A review as it is written: kept for its reviewer alone, however incomplete, until it is handed in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading
from certify.register import drafts
from certify.web.act_pages import Typed
from certify.web.drafting import Begun, begun
from certify.web.services import Services
from schemas.stages import Verdict

_APART = re.compile(r"[\s,;]+")
_GRADED = frozenset({Verdict.PARTLY_MET, Verdict.NOT_MET})


@dataclass(frozen=True, kw_only=True)
class DraftFinding:
    """What is written so far about one criterion.

    Attributes:
        cited: items ticked.
        others: further items, as typed: `E3, E7`.
        grade: how grave it is, where it is not met or only partly.
        reliance: why the maker of an earlier result is relied on.
        protocols: of demonstrations and interviews, ticked.
    """

    verdict: str = ""
    rationale: str = ""
    cited: tuple[str, ...] = ()
    others: str = ""
    grade: str = ""
    reliance: str = ""
    protocols: tuple[str, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        """Every item the finding rests on, each once."""
        typed = (item.upper() for item in _APART.split(self.others) if item)
        return tuple(dict.fromkeys((*self.cited, *typed)))

    @property
    def lacks_citation(self) -> bool:
        """Whether a verdict that rests on evidence names none."""
        return self.verdict in {Verdict.MET, Verdict.PARTLY_MET} and not (self.items or self.protocols)


@dataclass(frozen=True, kw_only=True)
class ReviewDraft:
    """A review in writing.

    Attributes:
        findings: by criterion.
        saved_at: when it was last saved, None for one that never was.
    """

    findings: Mapping[str, DraftFinding]
    saved_at: datetime | None = None

    @property
    def judged(self) -> int:
        """How many criteria have a verdict."""
        return sum(bool(finding.verdict) for finding in self.findings.values())

    def bodies(self) -> list[dict[str, Any]]:
        """Return the findings that have a verdict, as the act takes them."""
        return [
            {
                "criterion": criterion,
                "verdict": finding.verdict,
                "rationale": finding.rationale,
                "cited": finding.items,
                "grade": finding.grade if finding.verdict in _GRADED and finding.grade else None,
                "reliance": finding.reliance or None,
                "protocols": finding.protocols,
            }
            for criterion, finding in self.findings.items()
            if finding.verdict
        ]

    def fields(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every field of the form, as `draft_from` reads them."""
        for criterion, finding in self.findings.items():
            yield f"verdict-{criterion}", finding.verdict
            yield f"rationale-{criterion}", finding.rationale
            yield f"others-{criterion}", finding.others
            yield f"grade-{criterion}", finding.grade
            yield f"reliance-{criterion}", finding.reliance
            yield from ((f"cited-{criterion}", item) for item in finding.cited)
            yield from ((f"protocols-{criterion}", one) for one in finding.protocols)


def draft_from(typed: Typed, criteria: Iterable[str], saved_at: datetime | None = None) -> ReviewDraft:
    """Return what the form of a review said about these criteria."""
    return ReviewDraft(
        findings={
            criterion: DraftFinding(
                verdict=typed.one(f"verdict-{criterion}"),
                rationale=typed.one(f"rationale-{criterion}"),
                cited=typed.all(f"cited-{criterion}"),
                others=typed.one(f"others-{criterion}"),
                grade=typed.one(f"grade-{criterion}"),
                reliance=typed.one(f"reliance-{criterion}"),
                protocols=typed.all(f"protocols-{criterion}"),
            )
            for criterion in criteria
        },
        saved_at=saved_at,
    )


def subject_of(application: str) -> str:
    """Return under which name the draft of a review is kept."""
    return f"{drafts.REVIEW}{application}"


def draft_of(reading: CaseReading, kept: Begun | None) -> ReviewDraft:
    """Return the reader's review of a case as they last saved it, empty where they never did."""
    return draft_from(kept.typed if kept else Typed(), reading.own.outstanding, kept.saved_at if kept else None)


async def own_draft(services: Services, principal: Principal, reading: CaseReading) -> ReviewDraft:
    """Look up the reader's review of one case."""
    return draft_of(reading, await begun(services, principal, subject_of(reading.id)))
