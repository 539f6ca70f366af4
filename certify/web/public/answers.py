"""From the directory to what the public is told: one label, one answer, in the reader's language."""

from datetime import datetime

from certify.config import Settings
from certify.register.certificates import Granted, body_address, body_name, code_edition, meaning_of, tier_name
from certify.register.labels import LabelRecord
from certify.web.language import Language, marked, sentence
from certify.web.matters.label_words import restoration, why
from certify.web.public.texts import PublicTexts
from certify.web.public.views import (
    ENDING_SOON,
    DecisionView,
    EvaluationView,
    LabelRow,
    LabelView,
    MistypedView,
    PreviewView,
    ScanView,
    StatusChange,
)
from certify.web.public.websites import NOWHERE, CameFrom, Place
from certify.web.rendering import Link
from schemas.label import Authenticity, Standing
from schemas.label_life import Because, Step
from schemas.label_number import MistypedNumber, format_number
from schemas.public_facts import PublicFacts, SeatIn
from schemas.scheme import Scheme, Tier

NO_TEXTS = PublicTexts()
_UNEXPLAINED = frozenset({Standing.IN_FORCE, Standing.EXPIRED})
"""Standings that say why by themselves."""

_AWAITS_WITNESS = marked(
    "It is in force once an independent witness has seen it in the public log, as a rule within a minute."
)


def mistyped(typed: str, slip: MistypedNumber) -> MistypedView:
    """Return the answer to a number that cannot be right."""
    return MistypedView(typed=typed[:40], wrong_group=slip.group)


def preview(label_id: str) -> PreviewView:
    """Return the answer to the number of a preview: it is no label, whatever it looks like."""
    return PreviewView(number=format_number(label_id))


def host_of(settings: Settings) -> str:
    """Return the register's host in clear, with its port where it has one of its own."""
    return settings.public_url.split("://", 1)[-1]


def unknown(label_id: str, now: datetime, authenticity: Authenticity | None = None) -> ScanView:
    """Return the answer to a number that is not in the directory."""
    return ScanView(
        authenticity=authenticity, standing=Standing.UNKNOWN_NUMBER, checked_at=now, number=format_number(label_id)
    )


def could_not_check(
    now: datetime, reason: str, authenticity: Authenticity | None = None, label_id: str | None = None
) -> ScanView:
    """Return the answer when the standing cannot be told now; it is no answer about the label.

    Args:
        now: the moment of the check.
        reason: what is in the way.
        authenticity: of a scanned token, where that could be told: it is an answer of its own.
        label_id: the number of a token that is authentic.
    """
    return ScanView(
        authenticity=authenticity,
        standing=Standing.COULD_NOT_CHECK,
        checked_at=now,
        number=_number(label_id),
        reason=reason,
    )


def not_ours(authenticity: Authenticity, now: datetime) -> ScanView:
    """Return the answer to a token we did not sign as it stands; none of its claims is shown."""
    return ScanView(authenticity=authenticity, standing=Standing.UNKNOWN_NUMBER, checked_at=now)


def not_proved(label_id: str, now: datetime, standing: Standing, authenticity: Authenticity) -> ScanView:
    """Return the answer about a label of the directory of which the log does not prove that we signed it.

    Args:
        label_id: its number.
        now: the moment of the check.
        standing: as recorded; it is not in force, whatever was recorded.
        authenticity: why: its key may be in other hands, or was not in use when witnesses saw it.
    """
    stands = Standing.NOT_YET if standing is Standing.IN_FORCE else standing
    return ScanView(authenticity=authenticity, standing=stands, checked_at=now, number=format_number(label_id))


def known(
    row: LabelRecord,
    scheme: Scheme,
    settings: Settings,
    *,
    language: Language,
    now: datetime,
    standing: Standing,
    authenticity: Authenticity | None = None,
    texts: PublicTexts = NO_TEXTS,
    led_by: CameFrom = NOWHERE,
    exports: tuple[Link, ...] = (),
    seats: tuple[SeatIn, ...] | None = (),
) -> ScanView:
    """Return the answer about a label of the directory.

    `exports` are its files in the formats of others, `seats` where its holder's people sit now.
    """
    last, label = steps_of(row, now)[-1], _label_view(row, scheme, settings, language, now, texts)
    label = label.model_copy(update={"holder_seats": seats})
    is_awaited = standing == Standing.NOT_YET
    is_suspended = standing == Standing.SUSPENDED
    return ScanView(
        authenticity=authenticity,
        standing=standing,
        checked_at=now,
        number=format_number(row.id),
        token=None if is_awaited else row.issued.token,
        label=label.model_copy(update={"history": ()}) if is_awaited else label,
        since=None if standing == Standing.IN_FORCE else last.at.date(),
        reason=sentence(language, _AWAITS_WITNESS) if is_awaited else _reason(language, standing, last),
        restoration=restoration(language, last, texts.restoration) if is_suspended else None,
        version=row.version,
        came_from=led_by.host,
        is_named=led_by.place == Place.NAMED,
        downloads=() if is_awaited else (*_downloads(row, language), *exports),
    )


def _reason(language: Language, standing: Standing, last: Step) -> str | None:
    return None if standing in _UNEXPLAINED else why(language, last)


def steps_of(row: LabelRecord, now: datetime) -> tuple[Step, ...]:
    """Return every step a label has taken, its end included where that is not recorded yet."""
    first = Step(version=1, standing=Standing.IN_FORCE, at=row.issued_at, because=Because.GRANTED)
    steps = row.life.public_life.steps if row.life is not None else (first,)
    if row.standing_at(now) == steps[-1].standing:
        return steps
    ended = Step(version=len(steps) + 1, standing=Standing.EXPIRED, at=row.expires_at, because=Because.TERM_ENDED)
    return (*steps, ended)


def _renewal_asked(row: LabelRecord, now: datetime) -> bool | None:
    """Tell whether a renewal is under way, where that matters: once it is, or when the end is near."""
    if row.life is None or row.standing_at(now).is_final or row.life.public_life.prolongs is not None:
        return None
    asked = row.life.public_life.renewal_asked_at is not None
    return True if asked else (False if row.expires_at - now < ENDING_SOON else None)


def _number(label_id: str | None) -> str | None:
    return format_number(label_id) if label_id is not None else None


def _label_view(
    row: LabelRecord, scheme: Scheme, settings: Settings, language: Language, now: datetime, texts: PublicTexts
) -> LabelView:
    facts, label, tally = row.public_facts, row.issued, row.public_facts.tally
    tier = Tier(row.tier)
    granted_on = facts.decided_at.date()
    life = row.life.public_life if row.life is not None else None
    history = tuple(
        StatusChange(standing=step.standing, on=step.at.date(), reason=why(language, step))
        for step in steps_of(row, now)
    )
    return LabelView(
        product=facts.product,
        version=facts.version,
        holder=facts.holder,
        holder_address=facts.holder_address,
        holder_country=facts.country,
        tier=tier,
        tier_name=tier_name(scheme, tier, language),
        granted_on=granted_on,
        ends_on=row.expires_at.date(),
        purpose=facts.purpose,
        deployment=facts.deployment,
        languages=facts.languages,
        scheme_title=scheme.texts.title.in_language(language),
        scheme_version=facts.scheme.version,
        scheme_digest=facts.scheme.digest,
        code_edition=code_edition(scheme, language),
        decision=DecisionView(
            number=facts.decision_number,
            decided_on=granted_on,
            present=tally.present,
            base=tally.base,
            in_favour=tally.in_favour,
            against=tally.against,
            abstained=tally.abstain,
            separate_opinions=texts.opinions or (None,) * len(facts.separate_opinions),
        ),
        evaluation=_evaluation(facts, scheme, language, texts),
        issuer=body_name(settings, language),
        issuer_address=body_address(settings, language),
        meaning=meaning_of(_granted(row, scheme), language),
        history=history,
        kid=label.kid,
        successor=_number(life.successor) if life is not None else None,
        prolongs=_number(facts.prolongs),
        renewal_asked=_renewal_asked(row, now),
        scope=texts.scope,
        is_reduced=life is not None and life.scope is not None,
        looked_at=tuple(moment.date() for moment in life.looked_at) if life is not None else (),
        appeals=tuple(life.appeals.values()) if life is not None else (),
        websites=facts.websites,
        holder_statement=facts.holder_statement,
    )


def _evaluation(facts: PublicFacts, scheme: Scheme, language: Language, texts: PublicTexts) -> EvaluationView:
    return EvaluationView(
        reviewers=facts.experts,
        areas=tuple(scheme.texts.areas[area].in_language(language) for area in facts.areas),
        met=facts.met,
        total=facts.total,
        not_applicable=facts.not_applicable,
        own_tests=facts.own_tests,
        recused=facts.recused,
        had_third_party=facts.third_party is not None,
        third_party=texts.third_party,
        third_party_signed=facts.third_party_signed,
    )


def label_row(row: LabelRecord, scheme: Scheme, language: Language, standing: Standing) -> LabelRow:
    """Return a line of the directory."""
    facts = row.public_facts
    return LabelRow(
        number=format_number(row.id),
        href=f"/{row.id}",
        product=facts.product,
        version=facts.version,
        holder=facts.holder,
        tier_name=tier_name(scheme, Tier(row.tier), language),
        standing=standing,
        ends_on=row.expires_at.date(),
    )


def _downloads(row: LabelRecord, language: Language) -> tuple[Link, ...]:
    address = f"/{row.id}"
    return (
        Link(text=sentence(language, marked("Certificate (PDF)")), href=f"{address}.pdf"),
        Link(text=sentence(language, marked("Label as a picture (PNG)")), href=f"{address}.png"),
        Link(text=sentence(language, marked("Label for print (SVG)")), href=f"{address}.svg"),
        Link(text=sentence(language, marked("Print sheet and badge")), href=f"{address}/print"),
        Link(text=sentence(language, marked("For programs (JSON)")), href=f"{address}.json"),
    )


def _granted(row: LabelRecord, scheme: Scheme) -> Granted:
    return Granted(issued=row.issued, facts=row.public_facts, scheme=scheme)
