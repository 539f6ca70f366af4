"""Granted cases in which one place names another manifest or scheme than all others: none may be signed (I3)."""

from collections.abc import Iterator

from schemas.case import Case
from schemas.decision import Round
from tests.builders import sha256

OTHER = sha256("other")


def with_another_digest(case: Case) -> Iterator[tuple[str, Case]]:
    """Yield what was changed in a granted case, and the case with this change."""
    vote, decision, pin = case.rounds_on_label[-1], case.decision, case.lodged.scheme
    assert decision is not None
    assert case.manifest is not None
    frozen = case.manifest.model_copy(update={"digest": OTHER})
    yield "the frozen manifest", case.model_copy(update={"manifest": frozen})
    pinned = case.lodged.model_copy(update={"scheme": pin.model_copy(update={"digest": OTHER})})
    yield "the scheme of the application", case.model_copy(update={"lodged": pinned})
    for name in ("manifest_digest", "scheme_digest"):
        other = {name: OTHER}
        yield f"{name} of the decision", case.model_copy(update={"decision": decision.model_copy(update=other)})
        yield f"{name} of the round", _with_round(case, vote.model_copy(update=other))
        for member, ballot in vote.ballots.items():
            ballots = {**vote.ballots, member: ballot.model_copy(update=other)}
            yield f"{name} of a ballot by {member}", _with_round(case, vote.model_copy(update={"ballots": ballots}))


def _with_round(case: Case, vote: Round) -> Case:
    rounds = tuple(vote if one.number == vote.number else one for one in case.rounds)
    return case.model_copy(update={"rounds": rounds})
