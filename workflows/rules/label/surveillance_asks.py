"""What a surveillance contains by its tier besides fresh evidence, sample and checks (scheme, `asks`; decision 68)."""

from datetime import date, datetime

from schemas.errors import EvidenceIncomplete, Unacceptable
from schemas.label_acts import SubmitSurveillance
from schemas.label_life import LabelLife
from schemas.scheme import SchemeRules
from schemas.scheme_tiers import SurveillanceAsk
from schemas.surveillance import Surveillance
from workflows.rules.label.surveillance import OF_THE_TIER


def require_asked(
    life: LabelLife, one: Surveillance, act: SubmitSurveillance, now: datetime, rules: SchemeRules
) -> None:
    """Refuse what is handed in without what the surveillance asks for.

    Raises:
        Unacceptable: `incidents_not_stated` or `incident_report_missing`.
        EvidenceIncomplete: `test_results_missing`.
    """
    if SurveillanceAsk.DECLARATION in one.asks and act.incidents is None:
        raise Unacceptable("incidents_not_stated", "Declare whether there were incidents.")
    if act.incident_report is None and (act.incidents or SurveillanceAsk.INCIDENT_REPORT in one.asks):
        raise Unacceptable("incident_report_missing", "Report on incidents, and how they are watched for.")
    if SurveillanceAsk.TEST_RESULTS in one.asks and not _has_tests(life, one, now, rules):
        since = tests_since(life, one)
        raise EvidenceIncomplete("test_results_missing", f"Add results of tests made on {since} or later.")


def tests_since(life: LabelLife, one: Surveillance) -> date:
    """Return the first day of tests that count: when the tier's surveillance before was handed in, or the issue."""
    before = [
        earlier.submission.submitted_at
        for earlier in life.surveillances[: one.number - 1]
        if earlier.cause in OF_THE_TIER and earlier.submission is not None
    ]
    return max([life.issued_at, *before]).date()


def _has_tests(life: LabelLife, one: Surveillance, now: datetime, rules: SchemeRules) -> bool:
    types, today = rules.tiers[life.tier].surveillance.test_results, now.date()
    items = (life.items[item] for item in one.items)
    return any(
        item.type in types
        and tests_since(life, one) <= item.effective <= today
        and (item.expires is None or item.expires >= today)
        for item in items
    )


def lacks_live_check(life: LabelLife, one: Surveillance, person: str) -> bool:
    """Whether somebody has yet to check the system in use before they judge a surveillance."""
    return SurveillanceAsk.LIVE_CHECK in one.asks and person not in life.judged_by(one.number).live_checks
