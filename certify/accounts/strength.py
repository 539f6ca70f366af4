"""How strongly somebody is signed in, who needs how much, and which acts ask again (ASVS 5.0, 6.3.3, 7.5.3; I17).

Pure. The one table of acts is `STEP_UP`.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from certify.accounts.principal import Authn, Lacking, Principal
from certify.config import Settings
from schemas.people import PersonFacts, Role

STRONG_FOR: Final = timedelta(minutes=5)
"""How long a proof is good for acts that need one (security I17)."""

STEP_UP: Final = frozenset(
    {
        *("cast_ballot", "cast_vote", "release_label", "countersign"),
        *("propose_suspension", "confirm_suspension"),
        *("propose_correction", "confirm_correction"),
        *("report_undeclared_interest", "confirm_undeclared_interest", "report_interest", "confirm_interest"),
        *("record_election", "confirm_election", "confirm_vacancy"),
        *("enter_organisation", "propose_entry", "confirm_entry"),
        *("invite_person", "confirm_invitation", "consent_to_invitation", "end_colleague_access"),
        *("ask_erasure", "approve_erasure", "erase_complainant_contact"),
        *("ask_hold", "confirm_hold", "refuse_hold", "ask_lifting", "lift_hold"),
        *("hand_in_scheme", "propose_scheme", "put_scheme_to_vote", "put_restoration_to_vote"),
        *("request_recovery", "approve_recovery", "complete_recovery", "end_access"),
        *("create_token", "add_passkey", "remove_passkey", "add_generator", "remove_generator"),
        *("change_password", "change_email", "export_own_data"),
    }
)
"""Acts of which a person proves within `STRONG_FOR` before that it is they who act.

Both of two whose act counts only together are asked (security I17; ASVS 5.0, 2.3.5): who vouches for a member without a
passkey as much as the member.
"""

_ENROLLING: Final = frozenset({"add_passkey", "add_generator"})
"""What somebody does who has just signed in and has no second factor to prove anything with."""

PASSKEY_ADVISED: Final = frozenset({Role.COMMISSIONER, Role.LABEL_OFFICER})
_BY_PASSWORD: Final = frozenset({"session", "password"})


class SignInRules(NamedTuple):
    """What an installation asks.

    Attributes:
        is_offered: a second factor is offered to staff and not demanded: for the time in which people enrol.
        is_demo: everything is an illustration; links and tokens pass for strong, and are recorded as what they are.
    """

    is_offered: bool = False
    is_demo: bool = False

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the rules of an installation."""
        return cls(is_offered=settings.strong_sign_in == "offered", is_demo=settings.demo)


class StepUpNeeded(Exception):  # noqa: N818  # nothing is refused: the person is asked, and then goes on
    """The person must first prove again who they are; nothing was done, and nothing counts as an attempt.

    Attributes:
        code: `step_up_needed`, or `token_too_weak` for a way in that can prove nothing.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class SignInIncomplete(Exception):  # noqa: N818  # as StepUpNeeded
    """The sign-in is good for one's own account only, until a second factor is given or set up."""

    def __init__(self, lacks: Lacking) -> None:
        super().__init__(lacks)
        self.lacks = lacks
        self.code = f"{lacks}_needed"
        self.message = "Signing in is not complete: a second factor is needed."


def is_staff(person: PersonFacts) -> bool:
    """Whether somebody is more than an applicant, and so needs a second factor."""
    return any(role != Role.APPLICANT for role in person.roles)


def lacking(authn: Authn, person: PersonFacts, rules: SignInRules, *, has_factor: bool) -> Lacking:
    """Return what a sign-in still needs."""
    if rules.is_demo or authn not in _BY_PASSWORD:
        return ""
    if has_factor:
        return "second_factor"
    return "enrolment" if is_staff(person) and not rules.is_offered else ""


def strong_since(
    authn: Authn,
    person: PersonFacts,
    rules: SignInRules,
    *,
    proven_at: datetime | None,
    has_factor: bool,
    now: datetime,
) -> datetime | None:
    """Return since when somebody counts as strongly signed in; None where they do not."""
    if rules.is_demo:
        return now
    if authn in _BY_PASSWORD and has_factor:
        return None
    if rules.is_offered and authn in {*_BY_PASSWORD, "token"}:
        return now
    if authn in {"token", "link"} or (authn in _BY_PASSWORD and is_staff(person)):
        return None
    return proven_at


def is_strong(principal: Principal, now: datetime) -> bool:
    """Whether somebody proved who they are in the last minutes."""
    at = principal.strong_at
    return at is not None and timedelta(0) <= now - at <= STRONG_FOR


def needs_proof(principal: Principal, act: str, now: datetime) -> bool:
    """Whether an act asks its person first to prove who they are: they have not just done so."""
    is_enrolling = act in _ENROLLING and principal.lacks == "enrolment"
    return act in STEP_UP and not is_strong(principal, now) and not is_enrolling


def require_strong(principal: Principal, act: str, now: datetime) -> None:
    """Ask a person to prove who they are, where an act needs it and they have not just done so.

    Raises:
        StepUpNeeded: `step_up_needed` or `token_too_weak`.
    """
    if not needs_proof(principal, act, now):
        return
    if principal.authn == "token":
        raise StepUpNeeded("token_too_weak", "A token cannot do this; sign in and do it yourself.")
    raise StepUpNeeded("step_up_needed", "Please confirm that it is you.")
