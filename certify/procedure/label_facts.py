"""What the record says around a label just before an act is sent: complaints, a renewal, the draw of a quarter."""

from collections.abc import Collection

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, complaints, label_draws, matters, people, schemes
from schemas.evidence import EvidenceItem
from schemas.label_act import LabelAct
from schemas.label_acts import AskRenewal, JudgeSurveillance, OpenExtraordinarySurveillance, PutMaintainToVote
from schemas.label_facts import CertifiedFacts, RecordFacts, RenewalFacts, SampleFacts, ScoredFacts
from schemas.label_life import LabelLife
from schemas.people import PersonFacts
from schemas.stages import Stage
from workflows.rules.label.editions import EDITION
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.sampling import sampled, seed_of
from workflows.rules.label.surveillance import handed_in

_OF_THREE = frozenset({"yes", "no", "unknown"})
"""Answers of a gate that decides something; others are sentences."""


async def with_label_facts(session: AsyncSession, act: LabelAct, life: LabelLife) -> LabelAct:
    """Return the act with the facts of the record that it is judged by."""
    facts = RecordFacts(
        open_complaints=(
            await complaints.open_about(session, life.id, life.prolongs) if "complaints" in act.needs else 0
        ),
        renewal=await _renewal(session, act, life) if "renewal" in act.needs else None,
        sample=await _sample(session, act, life) if isinstance(act, OpenExtraordinarySurveillance) else None,
        scored=await _scored(session, life) if "gates" in act.needs else None,
        certified=await _certified(session, act, life) if isinstance(act, JudgeSurveillance) else None,
        judges=await _judges(session, _ended_by(act, life), life) if "judges" in act.needs else None,
        edition=EDITION,
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


async def _certified(session: AsyncSession, act: JudgeSurveillance, life: LabelLife) -> CertifiedFacts:
    """Return what the findings of an act are held against; of the evidence, what they cite."""
    case = await cases.get(session, life.application)
    cited = {item for finding in act.findings for item in finding.cited}
    items = {item: case.evidence[item] for item in (case.manifest.items if case.manifest else ())}
    items |= await _carried_on(session, life)
    return CertifiedFacts(
        version=case.lodged.system.version,
        lodged_at=case.lodged_at,
        items={item: items[item] for item in sorted(cited & items.keys())},
    )


async def _carried_on(session: AsyncSession, life: LabelLife) -> dict[str, EvidenceItem]:
    """Return what was handed in for the label that this one carries on; such a label is itself carried on by none."""
    before = await matters.find(session, LabelLife, LABEL.name, life.prolongs) if life.prolongs is not None else None
    if before is None:
        return {}
    return {item: before.items[item] for one in before.surveillances for item in handed_in(before, one) or ()}


def _ended_by(act: LabelAct, life: LabelLife) -> tuple[int, ...]:
    """Return the surveillances that a vote would end."""
    if isinstance(act, PutMaintainToVote):
        return (act.surveillance,)
    return tuple(one.number for one in life.open_surveillances if one.judged_at is not None)


async def _judges(session: AsyncSession, ended: Collection[int], life: LabelLife) -> dict[str, PersonFacts]:
    """Return those who judged surveillances, with the ties that the rules of this label ask about."""
    about = {life.party, *life.group, *life.kept_away}
    judged = {person for number in ended for person in life.judged_by(number).reviews}
    found = await people.facts_of(session, sorted(judged))
    return {
        key: one.model_copy(update={"tied_to": tuple(tied for tied in one.tied_to if tied in about)})
        for key, one in found.items()
    }


async def _sample(session: AsyncSession, act: OpenExtraordinarySurveillance, life: LabelLife) -> SampleFacts | None:
    if act.quarter is None or life.scheme_digest is None:
        return None
    rules = (await schemes.pinned(session, life.scheme_digest)).rules
    heads = await label_draws.heads(session, act.quarter, life.tier)
    drawn = life.id in sampled(act.quarter, life.tier, heads, rules)
    return SampleFacts(quarter=act.quarter, seed=seed_of(act.quarter, life.tier, heads), is_drawn=drawn)
