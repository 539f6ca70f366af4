"""One answer for the page that shows a button and for the case that takes the act."""

from dataclasses import dataclass

from schemas.case import Case
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, ProcedureError
from schemas.people import PersonFacts, Role
from schemas.stages import Stage

COLLECTING = (Stage.INTAKE, Stage.EVIDENCE, Stage.CORRECTION)
"""Stages in which the applicant adds to what they hand in."""


@dataclass(frozen=True)
class Permission:
    """Whether a person may act now; true when nothing stands in the way."""

    refusal: ProcedureError | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    def require(self) -> None:
        """Raise what stands in the way, if anything does."""
        if self.refusal is not None:
            # Some refusals are made once for all: raised again, one would keep the frames of every time before.
            raise self.refusal.with_traceback(None)

    @property
    def interest(self) -> ConflictOfInterest | None:
        """The conflict of interest that stands in the way, told or not; None where something else does, or nothing."""
        reason = self.refusal.on_record if self.refusal is not None else None
        return reason if isinstance(reason, ConflictOfInterest) else None


ALLOWED = Permission()


def first_refusal(*answers: Permission) -> Permission:
    """Return the first permission that was refused, else the permission."""
    for answer in answers:
        if answer.refusal is not None:
            return answer
    return ALLOWED


def holds(person: PersonFacts, role: Role) -> Permission:
    """Whether a person holds a role."""
    if person.has(role):
        return ALLOWED
    return Permission(NotPermitted("role_missing", f"Only a person with the role {role.value} may do this."))


def acts_for_applicant(case: Case, person: PersonFacts) -> Permission:
    """Whether a person acts for the organisation that applied."""
    if person.has(Role.APPLICANT) and person.organisation == case.lodged.organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_applicant", "Only the organisation that applied may do this."))


def whole_procedure(case: Case) -> Permission:
    """Whether the case follows the whole procedure; what was lodged under its first edition goes on as it began."""
    if case.edition > 1:
        return ALLOWED
    return Permission(OutOfOrder("earlier_edition", "This case follows an earlier edition of the procedure."))


def no_open_round(case: Case) -> Permission:
    """Whether no round is open: what the Commission votes on stays as it was when the round opened."""
    if case.open_round is not None:
        return Permission(AlreadyDecided("round_is_open", "A round is open; this comes before it or after it."))
    return ALLOWED


def in_stage(case: Case, *stages: Stage) -> Permission:
    """Whether the case stands in one of the stages that the act belongs to."""
    if case.stage in stages:
        return ALLOWED
    wanted = " or ".join(stage.value for stage in stages)
    return Permission(
        OutOfOrder("wrong_stage", f"This belongs to the stage {wanted}; the case is in {case.stage.value}.")
    )


def free_of_party(party: str | None, person: PersonFacts) -> Permission:
    """Whether a person neither belongs to an organisation nor is tied to it (procedure, rule 1)."""
    if party is not None and person.organisation == party:
        return Permission(ConflictOfInterest("own_organisation", "This is a matter of your own organisation."))
    if party is not None and party in person.tied_to:
        return Permission(
            ConflictOfInterest(
                "tied_to_party", "A standing tie binds you to the party of this matter; another person does this."
            )
        )
    return ALLOWED
