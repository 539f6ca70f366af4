"""What the record says around a label just before an act is sent: complaints, a renewal, the draw of a quarter."""

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, complaints, label_draws, schemes
from schemas.label_acts import AskRenewal, LabelAct, OpenExtraordinarySurveillance
from schemas.label_facts import RecordFacts, RenewalFacts, SampleFacts, ScoredFacts
from schemas.label_life import LabelLife
from schemas.stages import Stage
from workflows.rules.label_sampling import sampled, seed_of

_OF_THREE = frozenset({"yes", "no", "unknown"})
"""Answers of a gate that decides something; others are sentences."""


async def with_label_facts(session: AsyncSession, act: LabelAct, life: LabelLife) -> LabelAct:
    """Return the act with the facts of the record that it is judged by."""
    facts = RecordFacts(
        open_complaints=await complaints.open_about(session, life.id) if "complaints" in act.needs else 0,
        renewal=await _renewal(session, act, life) if "renewal" in act.needs else None,
        sample=await _sample(session, act, life) if isinstance(act, OpenExtraordinarySurveillance) else None,
        scored=await _scored(session, life) if "gates" in act.needs else None,
    )
    return act.model_copy(update={"around": facts})


async def _renewal(session: AsyncSession, act: LabelAct, life: LabelLife) -> RenewalFacts | None:
    asked = life.renewal.application if life.renewal is not None else None
    application = act.new_application if isinstance(act, AskRenewal) else asked
    case = await cases.find(session, application) if application is not None else None
    if case is None:
        return None
    return RenewalFacts(
        application=case.id,
        organisation=case.lodged.organisation,
        renews=case.lodged.renews,
        is_decided=case.is_over or case.stage == Stage.ATTESTATION,
    )


async def _scored(session: AsyncSession, life: LabelLife) -> ScoredFacts | None:
    case = await cases.find(session, life.application)
    if case is None:
        return None
    gates = {gate: answer for gate, answer in case.lodged.gates.items() if answer in _OF_THREE}
    return ScoredFacts(gates=gates)


async def _sample(session: AsyncSession, act: OpenExtraordinarySurveillance, life: LabelLife) -> SampleFacts | None:
    if act.quarter is None or life.scheme_digest is None:
        return None
    rules = (await schemes.pinned(session, life.scheme_digest)).rules
    heads = await label_draws.heads(session, act.quarter, life.tier)
    drawn = life.id in sampled(act.quarter, life.tier, heads, rules)
    return SampleFacts(quarter=act.quarter, seed=seed_of(act.quarter, life.tier, heads), is_drawn=drawn)
