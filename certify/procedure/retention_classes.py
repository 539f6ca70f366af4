"""How long what is kept, by class, and what happens then (security.md, 8; ASVS 5.0, 14.2.7).

The one table: the job, `certify retention`, the secretariat's page and docs/privacy.md come from it. What is erased by
the job has one event a run and class in the stream `people`; evidence and record are only proposed, since their erasure
takes two people (security I17).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

YEAR: Final = timedelta(days=365)
MONTH: Final = timedelta(days=30)
TEN_YEARS: Final = timedelta(days=3653)


class Then(StrEnum):
    """What happens when the time is over.

    Attributes:
        ERASED: the job does it.
        PROPOSED: the job lists it; two people do it.
    """

    ERASED = "erased"
    PROPOSED = "proposed"


@dataclass(frozen=True, kw_only=True)
class RetentionClass:
    """One class of what is kept.

    Attributes:
        name: as events, command and page name it.
        what: what belongs to it.
        kept_for: how long, counted `since` the moment in words.
        then: what happens then, `how` in words.
        because: why so long.
        is_held: whether a legal hold keeps it; secrets that are over prove nothing, and go in any case.
    """

    name: str
    what: str
    kept_for: timedelta
    since: str
    then: Then
    how: str
    because: str
    is_held: bool = True


_ALL: Final = (
    RetentionClass(
        name="record",
        what="the journal of a case, its decision, its label and the texts they rest on",
        kept_for=TEN_YEARS,
        since="the end of the case, and of every label that rests on it",
        then=Then.PROPOSED,
        how="listed for the secretariat, who ask for the erasure of the case; the digests stay",
        because="anybody can recompute a decision as long as claims can rest on it (ISO/IEC 17065, 7.12)",
    ),
    RetentionClass(
        name="evidence",
        what="the files that an applicant handed in",
        kept_for=2 * YEAR,
        since="the end of the case and its label; longer if the label lasted longer or one that followed has not ended",
        then=Then.PROPOSED,
        how="listed for the secretariat, who ask for the erasure of the files; their keys are destroyed",
        because="the current and the previous certification cycle (ISO/IEC 17065, 7.12)",
    ),
    RetentionClass(
        name="security_log",
        what="the lines of the security events file",
        kept_for=YEAR,
        since="what a line tells of",
        then=Then.ERASED,
        how="the lines are dropped; the journal keeps what is proof",
        because="attacks are often found months later",
    ),
    RetentionClass(
        name="attempts",
        what="what a refused act was and was about",
        kept_for=YEAR,
        since="the attempt",
        then=Then.ERASED,
        how="the bodies are erased; who was refused something and when stays, and the chain verifies",
        because="as the security log",
    ),
    RetentionClass(
        name="counters",
        what="counts of refusals, openings, complaints and failed sign-ins a minute",
        kept_for=YEAR,
        since="the minute",
        then=Then.ERASED,
        how="the rows are deleted",
        because="as the security log",
    ),
    RetentionClass(
        name="sign_in",
        what="sessions, one-time links, challenges and accepted signatures that are over",
        kept_for=timedelta(days=2),
        since="their end",
        then=Then.ERASED,
        how="the rows are deleted",
        because="they are good for nothing any more; the security log tells of each sign-in",
        is_held=False,
    ),
    RetentionClass(
        name="tokens",
        what="names and digests of API tokens that expired or were revoked",
        kept_for=YEAR,
        since="their end",
        then=Then.ERASED,
        how="the rows are deleted",
        because="what a token did is looked into as long as the security log is there",
    ),
    RetentionClass(
        name="drafts",
        what="what a person began and did not hand in",
        kept_for=YEAR,
        since="it was last saved",
        then=Then.ERASED,
        how="the rows are deleted",
        because="who has not gone on for a year begins anew",
    ),
    RetentionClass(
        name="invitations",
        what="names and addresses of people whom a second officer has not confirmed",
        kept_for=3 * MONTH,
        since="the asking",
        then=Then.ERASED,
        how="the invitation is refused by the engine, name and address are deleted",
        because="nobody is kept waiting longer for one word",
    ),
    RetentionClass(
        name="recoveries",
        what="requests to recover an account that nobody finished",
        kept_for=3 * MONTH,
        since="the asking",
        then=Then.ERASED,
        how="the recovery is cancelled by the engine, its link is void",
        because="an open request is a way in",
    ),
    RetentionClass(
        name="contacts",
        what="how complainants can be reached",
        kept_for=6 * MONTH,
        since="the complaint was decided",
        then=Then.ERASED,
        how="the rows are deleted; the complaint stays, without a person",
        because="the outcome is told, questions about it are answered (ISO/IEC 17065, 7.13)",
    ),
    RetentionClass(
        name="credentials",
        what="code generators and names of passkeys of people whose access ended",
        kept_for=YEAR,
        since="the end of access",
        then=Then.ERASED,
        how="the rows are deleted; public keys stay, since signatures are verified by them",
        because="whoever comes back within the year loses nothing",
    ),
    RetentionClass(
        name="accounts",
        what="names, mail addresses and password hashes of people whose access ended",
        kept_for=TEN_YEARS,
        since="the end of access",
        then=Then.ERASED,
        how="name, address and hash are erased; the opaque id stays in the record",
        because="as long as the decisions in which they had a part are kept, one can say whose they were",
    ),
)
CLASSES: Final = {one.name: one for one in _ALL}
"""Every class, by name."""
