"""What a reading tells of protocols: reviewers stay blind to each other, and nobody learns a reviewer from one."""

from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.accounts.reading_parts import ProtocolReading
from schemas.case import Case
from workflows.rules.case.standing import protocols_met


def protocols_for(case: Case, principal: Principal) -> tuple[ProtocolReading, ...]:
    """Return the protocols a reader may see: their own, those a manifest has named, all for who keeps or audits."""
    keeps = bool(permit(principal, "read_participants", case))
    listed = bool(permit(principal, "read_evidence_list", case))
    met, named = protocols_met(case), case.manifest.protocols if case.manifest else {}
    return tuple(
        ProtocolReading.of(one, in_force=key in named, with_name=keeps or one.recorded_by == principal.person)
        for key, one in case.protocols.items()
        if keeps or (listed and (key in met or one.recorded_by == principal.person))
    )
