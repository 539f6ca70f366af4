"""A review as it is written: kept for its reviewer alone, however incomplete, until it is handed in."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from certify.accounts.principal import Principal
from certify.register import drafts
from certify.web.act_pages import Typed
from certify.web.services import Services
from schemas.stages import Verdict

_APART = re.compile(r"[\s,;]+")


class DraftFinding(BaseModel):
    """What is written so far about one criterion.

    Attributes:
        cited: items ticked.
        others: further items, as typed: `E3, E7`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    verdict: str = ""
    rationale: str = ""
    cited: tuple[str, ...] = ()
    others: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """Every item the finding rests on, each once."""
        typed = (item.upper() for item in _APART.split(self.others) if item)
        return tuple(dict.fromkeys((*self.cited, *typed)))

    @property
    def lacks_citation(self) -> bool:
        """Whether a verdict that rests on evidence names none."""
        return self.verdict in {Verdict.MET, Verdict.PARTLY_MET} and not self.items


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

    def on(self, criterion: str) -> DraftFinding:
        """Return what is written about a criterion."""
        return self.findings.get(criterion, DraftFinding())

    def bodies(self) -> list[dict[str, Any]]:
        """Return the findings that have a verdict, as the act takes them."""
        return [
            {
                "criterion": criterion,
                "verdict": finding.verdict,
                "rationale": finding.rationale,
                "cited": finding.items,
            }
            for criterion, finding in self.findings.items()
            if finding.verdict
        ]

    def typed(self) -> Iterator[tuple[str, str]]:
        """Yield name and value of every field, to carry them through a page."""
        for criterion, finding in self.findings.items():
            yield f"verdict-{criterion}", finding.verdict
            yield f"rationale-{criterion}", finding.rationale
            yield f"others-{criterion}", finding.others
            yield from ((f"cited-{criterion}", item) for item in finding.cited)


def draft_from(typed: Typed, criteria: Iterable[str]) -> ReviewDraft:
    """Return what the form of a review sent about these criteria."""
    return ReviewDraft(
        findings={
            criterion: DraftFinding(
                verdict=typed.one(f"verdict-{criterion}"),
                rationale=typed.one(f"rationale-{criterion}"),
                cited=typed.all(f"cited-{criterion}"),
                others=typed.one(f"others-{criterion}"),
            )
            for criterion in criteria
        }
    )


async def drafts_of(services: Services, principal: Principal, applications: Iterable[str]) -> dict[str, ReviewDraft]:
    """Return a person's own drafts of reviews, by case."""
    found: dict[str, ReviewDraft] = {}
    async with services.database.reading() as session:
        for application in applications:
            kept = await session.get(drafts.Draft, (principal.person, _subject(application)))
            content = await drafts.load(session, principal.person, _subject(application))
            if kept is not None and content is not None:
                findings = {key: DraftFinding.model_validate(one) for key, one in content.items()}
                found[application] = ReviewDraft(findings=findings, saved_at=kept.saved_at)
    return found


async def save_draft(services: Services, principal: Principal, application: str, draft: ReviewDraft) -> None:
    """Keep a draft over the one before."""
    content = {criterion: finding.model_dump(mode="json") for criterion, finding in draft.findings.items()}
    async with services.database.writing() as session:
        await drafts.save(session, principal.person, _subject(application), content)


async def discard_draft(services: Services, principal: Principal, application: str) -> None:
    """Forget a draft that was handed in."""
    async with services.database.writing() as session:
        await drafts.discard(session, principal.person, _subject(application))


def _subject(application: str) -> str:
    return f"review/{application}"
