"""A decision is recomputed from its record alone: what is changed in it is found, and named at its place."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.decision_record import record_of
from schemas.scheme import Tier
from schemas.stages import Choice, Verdict
from tests.builders import EXPERTS, LABEL_OFFICER, Walk, scheme, sha256, text
from tests.small_scheme import SmallWalk, small
from tests.unit.workflows.rules.case.tampering import Document, changed, document_of, found_in, value_at
from tests.vectors.decisions.make import WALKS, recorded
from workflows.rules.case.evaluation import worst
from workflows.rules.case.recomputation import recompute


@cache
def document(name: str) -> Document:
    """One of the decided cases of the vectors, as its record."""
    return document_of(recorded(WALKS[name]()))


# Decisions as they are taken


@pytest.mark.parametrize("tier", list(Tier))
def test_a_decision_by_the_whole_scheme_is_recomputed_in_every_tier(tier: Tier) -> None:
    walk = Walk(tier).to_grant()

    answer = recompute(record_of(walk.case, scheme()))

    assert answer.differences == ()
    assert answer.results == walk.case.rounds[-1].results
    assert (answer.tier, answer.passes, answer.outcome) == (tier, True, "granted")


def test_a_record_of_a_case_that_went_on_to_its_release_is_still_that_of_its_decision() -> None:
    walk = SmallWalk(Tier.CRITICAL).to_grant()
    walk.act("declare_interests", LABEL_OFFICER, has_interest=False)
    decided = walk.case.model_copy(update={"entry": walk.case.entry - 1})
    walk.act("release_label", LABEL_OFFICER)

    assert recompute(record_of(decided, small())).agrees


def test_a_decision_on_findings_of_somebody_with_an_interest_does_not_stand() -> None:
    walk = SmallWalk(Tier.MEDIUM).to_round().voted(*[Choice.GRANT] * 6)
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=text("A share in Acme."))
    walk.ballot(walk.voters()[-1], Choice.GRANT)

    codes = {difference.code for difference in recompute(record_of(walk.case, small())).differences}

    assert codes == {"reviewer_has_interest", "has_interest"}


def test_what_a_record_withholds_changes_nothing() -> None:
    walk = SmallWalk(Tier.MEDIUM, ethics_officer="Somebody Else", country="FI", reference="B-2").to_grant()

    assert recompute(record_of(walk.case, small())).agrees


def test_a_number_no_rule_can_count_by_is_a_difference_and_no_failure() -> None:
    for words in ("none", "1/0", "0/0", "9" * 200):
        found = found_in(changed(document("medium_granted"), {"/rounds/0/quorum": words}))
        assert ("/rounds/0/quorum", "other_quorum") in found


def test_a_record_without_what_a_decision_rests_on_is_a_difference_and_no_failure() -> None:
    for name, empty in (
        ("plan", None), ("manifest", None), ("recommendation", None), ("reviews", {}), ("assignments", {}),
        ("interests", {}), ("results", []), ("items", {}), ("lookups", {}), ("hearing", None),
    ):  # fmt: skip
        found = found_in(changed(document("critical_granted"), {f"/{name}": empty}))
        assert found, name


# One thing changed


def leaves(part: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a document with a value that has no parts."""
    steps = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for step, value in steps:
        yield from leaves(value, f"{place}/{step}")
    if not isinstance(part, (dict, list)) and part is not None:
        yield place, part


def another(value: Any) -> Any:
    """Another value that a reader would take in the same place."""
    swapped = {"yes": "no", "no": "yes", "granted": "refused", "refused": "granted", "grant": "abstain",
               "abstain": "grant", "refuse": "grant", "met": "not_met", "low": "high", "high": "low"}  # fmt: skip
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value - 1 if value > 2 else value + 1
    shapes = {"[0-9a-f]{64}": sha256("other"), r"(I|II)-\d\.\d-\d\d": "I-6.1-01", r"E\d+": "E77",
              r"2026-\d\d-\d\dT.*": value.replace("2026", "2025")}  # fmt: skip
    shaped = (other for shape, other in shapes.items() if re.fullmatch(shape, value))
    return next(shaped, swapped.get(value, "other"))


WITHOUT_EFFECT = {
    "/application/gates/G3": "whether accession must be started: the Register's entry is what counts",
    "/application/gates/G5": "a sentence, of which only the place is kept",
    "/application/statements/groups_people": "asked for only where personal data are used",
    "/application/officer_named": "the Register names one",
    "/interests/*/declared_at": "before the round, or not; nothing was declared against anyone",
    "/assignments/*/areas/*": "for planning: the plan is what counts",
    "/assignments/*/assigned_at": "as above",
    "/hearing/*": "that the applicant was heard is what counts",
}
"""All of a granted case of the low tier that may be changed and leaves the same decision, and why."""


def test_every_single_place_of_a_record_is_bound_to_its_decision_or_has_no_effect_on_it() -> None:
    record = document("low_granted")
    loose = {
        re.sub(r"(?<=/)([0-9]+|edda|member-[a-i]|digest|length)$|(?<=/)(edda|member-[a-i])(?=/)", "*", place)
        for place, value in leaves(record)
        if not place.startswith(("/scheme/content/", "/format", "/version"))
        and not found_in(changed(record, {place: another(value)}))
    }

    assert loose == set(WITHOUT_EFFECT)


SCHEME = [place for place, _ in leaves(document("low_granted")["scheme"]["content"], "/scheme/content")]


OTHER_KIND = {"mandatory": "recommended", "recommended": "mandatory"}
"""Of criteria; another kind of question could not be read at all."""


@settings(max_examples=15, deadline=None)
@given(
    place=st.sampled_from(
        [place for place in SCHEME if place.rsplit("/", 1)[-1] in {"en", "ru", "kind", "members_present_min"}]
    )
)
def test_any_change_of_the_scheme_is_another_scheme(place: str) -> None:
    record = document("low_granted")
    value = value_at(record, place)
    if place.endswith("/kind") and value not in OTHER_KIND:
        return
    other = OTHER_KIND.get(value) or (value + 1 if isinstance(value, int) else f"{value}, or not")

    assert ("/scheme/digest", "other_scheme") in found_in(changed(record, {place: other}))


# One thing changed, of any decided case: named at its place, unless it provably changes nothing

NAMES = st.sampled_from(sorted(WALKS))
OFTEN = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def drawn_from(data: st.DataObject, *values: Any) -> Any:
    return data.draw(st.sampled_from(values))


def is_named(record: Document, changes: dict[str, Any], *places: str) -> bool:
    """Whether a difference is found at one of these places or inside it."""
    found = {place for place, _ in found_in(changed(record, changes))}
    return any(one == place or one.startswith(f"{place}/") for one in found for place in places)


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_choice_on_any_ballot_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    at = drawn_from(data, *(at for at, vote in enumerate(record["rounds"]) if vote["ballots"]))
    member = drawn_from(data, *record["rounds"][at]["ballots"])
    place = f"/rounds/{at}/ballots/{member}"
    choice = drawn_from(data, *({*Choice} - {value_at(record, f"{place}/choice")}))

    assert is_named(record, {f"{place}/choice": choice}, place, f"/rounds/{at}/tally")


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_member_in_any_electorate_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    at = data.draw(st.integers(0, len(record["rounds"]) - 1))
    vote = record["rounds"][at]
    seat = data.draw(st.integers(0, len(vote["electorate"]) - 1))
    new = drawn_from(data, "somebody", "member-a", "edda", "emil", vote["electorate"][seat - 1])
    place, old = f"/rounds/{at}/electorate", vote["electorate"][seat]
    changes = {f"{place}/{seat}": new}
    sat_idle = vote["seed"] is None and old not in vote["ballots"] and old not in vote["recused"]
    if new == old or (sat_idle and new == "somebody"):
        # A member of the whole Commission who did not vote: the base is as large, the ballots are the same.
        assert found_in(changed(record, changes)) == set()
    else:
        assert is_named(record, changes, place, f"/rounds/{at}/ballots/{old}", f"/rounds/{at}/recused")


@OFTEN
@given(name=NAMES, data=st.data())
def test_a_recusal_more_or_less_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    at = data.draw(st.integers(0, len(record["rounds"]) - 1))
    recused, electorate = record["rounds"][at]["recused"], record["rounds"][at]["electorate"]
    one = drawn_from(data, "somebody", *electorate, *recused)
    other = [who for who in recused if who != one] if one in recused else [*recused, one]
    round_ = f"/rounds/{at}"

    assert is_named(record, {f"{round_}/recused": other}, f"{round_}/recused", f"{round_}/tally", f"{round_}/closed_at")


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_verdict_of_any_finding_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    findings = [(reviewer, at) for reviewer, one in record["reviews"].items() for at in range(len(one["findings"]))]
    if not findings:
        return
    reviewer, at = drawn_from(data, *findings)
    place = f"/reviews/{reviewer}/findings/{at}/verdict"
    verdict = drawn_from(data, *({*Verdict} - {value_at(record, place)}))
    after = changed(record, {place: verdict})
    criterion = record["reviews"][reviewer]["findings"][at]["criterion"]

    decided_on = record["rounds"][-1]["seed"] is not None or verdicts(record, criterion) != verdicts(after, criterion)
    if decided_on or verdict == Verdict.NOT_APPLICABLE:
        assert is_named(record, {place: verdict}, "/results", f"/reviews/{reviewer}", "/rounds")
    else:
        # Another reviewer's verdict on the criterion is as bad or worse, and no draw rests on this one.
        assert found_in(after) == set()


def verdicts(record: Document, criterion: str) -> Verdict:
    """The worst verdict on a criterion by the reviewers of the plan."""
    return worst(
        Verdict(finding["verdict"])
        for reviewer in record["plan"]["criteria"]
        for finding in record["reviews"][reviewer]["findings"]
        if finding["criterion"] == criterion
    )


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_answer_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    question = drawn_from(data, *record["application"]["answers"])
    place = f"/application/answers/{question}"
    old, new = value_at(record, place), drawn_from(data, None, 0, 1, 2, 3)
    worst_points = 3
    if (worst_points if old is None else old) == (worst_points if new is None else new):
        assert found_in(changed(record, {place: new})) == set()  # unknown counts as the worst (Code, I-2.3)
    else:
        assert is_named(record, {place: new}, "/assessment/base")


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_figure_of_quorum_or_majority_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    owner = drawn_from(data, "/decision", *(f"/rounds/{at}" for at in range(len(record["rounds"]))))
    figure = drawn_from(data, "quorum", "majority", *(["base_min"] if "rounds" in owner else []))
    old = value_at(record, f"{owner}/{figure}")
    new = drawn_from(
        data, *({1, 2, 4} if figure == "base_min" else {"1", "2", "1/3", "9/10", "simple", "many"} - {old})
    )

    assert is_named(record, {f"{owner}/{figure}": new}, f"{owner}/{figure}")


@OFTEN
@given(name=NAMES, data=st.data())
def test_another_manifest_anywhere_is_named(name: str, data: st.DataObject) -> None:
    record = document(name)
    places = [place for place, _ in leaves(record) if place.endswith(("/manifest_digest", "/manifest/digest"))]
    place = drawn_from(data, *places)
    near = re.sub(r"/manifest_digest$", "", place) if "ballots" in place else place
    round_ = f"/rounds/{len(record['rounds']) - 1}/manifest_digest"

    assert is_named(record, {place: sha256("other")}, near, "/plan/digest", round_)


@pytest.mark.parametrize("name", sorted(WALKS))
def test_the_other_outcome_is_named(name: str) -> None:
    record = document(name)
    other = another(record["decision"]["outcome"])

    assert is_named(record, {"/decision/outcome": other}, "/decision/outcome")


def test_differences_say_what_is_stated_and_what_the_rules_give() -> None:
    tampered = changed(document("low_granted"), {"/decision/outcome": "refused"})
    record = type(recorded(WALKS["low_granted"]())).model_validate_json(json.dumps(tampered))

    (difference,) = recompute(record).differences

    assert (difference.place, difference.code) == ("/decision/outcome", "other_outcome")
    assert (difference.stated, difference.computed) == ("refused", "granted")
