"""Interests as a graph: which organisations a person is tied to on a day, and who is kept away for it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.people import PersonFacts
from schemas.ties import Lasting, Subsidiary, Tie, TieKind
from tests.builders import EXPERTS, MEMBERS, ORGANISATION, SECRETARY, Walk, lodged, scheme
from tests.unit.workflows.rules.refusals import refused
from workflows.rules.case.assignment import may_review
from workflows.rules.case.interests import free_of_interest, may_sit
from workflows.rules.ties import counts, group_of, groups_of, is_tied, named_in, tied_organisations, with_dropped

EDDA = EXPERTS[0]
INTAKE = Walk().to_intake().case
TODAY = date(2026, 3, 2)
MONTHS = scheme().rules.clocks.paid_work_months
NAMES = st.sampled_from([f"org-{letter}" for letter in "abcdefgh"])
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2032, 1, 1))
KINDS = st.sampled_from(TieKind)


@st.composite
def periods(draw: st.DrawFn) -> dict[str, date | None]:
    since, until = draw(st.none() | DAYS), draw(st.none() | DAYS)
    if since is not None and until is not None:
        since, until = sorted((since, until))
    return {"since": since, "until": until}


@st.composite
def ties(draw: st.DrawFn) -> Tie:
    return Tie(kind=draw(KINDS), organisation=draw(NAMES), **draw(periods()))


@st.composite
def subsidiaries(draw: st.DrawFn) -> Subsidiary:
    return Subsidiary(organisation=draw(NAMES), parent=draw(NAMES), **draw(periods()))


def tie(organisation: str, **dates: date) -> Tie:
    return Tie(kind=TieKind.PAID_WORK, organisation=organisation, **dates)


def belongs(organisation: str, parent: str, **dates: date) -> Subsidiary:
    return Subsidiary(organisation=organisation, parent=parent, **dates)


def tied(
    *stated: Tie, relations: tuple[Subsidiary, ...] = (), at: date = TODAY, employer: str | None = None
) -> set[str]:
    groups = groups_of(relations, at=at, months=MONTHS)
    return {*tied_organisations(stated, groups, at=at, months=MONTHS, employer=employer)}


def counts_by_hand(what: Lasting, at: date) -> bool:
    """Count month by month, without the rule's arithmetic; days of the 28 first only."""
    if what.since is not None and at < what.since:
        return False
    return (
        what.until is None
        or (at.year - what.until.year) * 12 + at.month - what.until.month < MONTHS
        or ((at.year - what.until.year) * 12 + at.month - what.until.month == MONTHS and at.day <= what.until.day)
    )


def reached(start: set[str], relations: list[Subsidiary], at: date) -> set[str]:
    """Go up and down until nothing new is found."""
    found = set(start)
    while True:
        more = {
            other
            for one in relations
            if counts(one, at=at, months=MONTHS)
            for here, other in ((one.organisation, one.parent), (one.parent, one.organisation))
            if here in found
        }
        if more <= found:
            return found
        found |= more


@given(st.lists(ties(), max_size=5), st.lists(subsidiaries(), max_size=10), DAYS, st.none() | NAMES)
def test_a_person_is_tied_to_what_can_be_reached_up_and_down_from_ties_that_count(
    stated: list[Tie], relations: list[Subsidiary], at: date, employer: str | None
) -> None:
    start = {one.organisation for one in stated if counts(one, at=at, months=MONTHS)} | {employer} - {None}
    assert tied(*stated, relations=tuple(relations), at=at, employer=employer) == reached(start, relations, at)


@given(st.lists(ties(), max_size=5), st.lists(subsidiaries(), max_size=8), ties(), subsidiaries(), DAYS)
def test_another_tie_or_relation_never_takes_an_organisation_away(
    stated: list[Tie], relations: list[Subsidiary], another: Tie, relation: Subsidiary, at: date
) -> None:
    before = tied(*stated, relations=tuple(relations), at=at)
    assert before <= tied(*stated, another, relations=tuple(relations), at=at)
    assert before <= tied(*stated, relations=(*relations, relation), at=at)


@given(st.lists(subsidiaries(), max_size=10), st.randoms(), DAYS)
def test_groups_rest_on_no_order_and_everyone_in_a_group_has_the_same(
    relations: list[Subsidiary], chance: object, at: date
) -> None:
    groups = groups_of(relations, at=at, months=MONTHS)
    shuffled = list(relations)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert groups_of(shuffled, at=at, months=MONTHS) == groups
    for organisation, group in groups.items():
        assert organisation in group
        assert {groups[member] for member in group} == {group}


@pytest.mark.parametrize(
    ("until", "at", "counted"),
    [
        (date(2024, 3, 2), date(2026, 3, 2), True),
        (date(2024, 3, 2), date(2026, 3, 3), False),
        (date(2024, 2, 29), date(2026, 2, 28), True),
        (date(2024, 2, 29), date(2026, 3, 1), False),
        (date(2024, 12, 31), date(2026, 12, 31), True),
        (date(2024, 12, 31), date(2027, 1, 1), False),
    ],
)
def test_what_ended_counts_up_to_the_day_24_months_later_and_not_on_the_next(
    until: date, at: date, counted: bool
) -> None:
    assert MONTHS == 24
    assert counts(tie("org-a", until=until), at=at, months=MONTHS) is counted
    assert ("org-a" in tied(tie("org-a", until=until), at=at)) is counted


@given(ties(), DAYS)
def test_a_tie_counts_from_its_first_day_to_its_last_and_the_schemes_months_beyond(stated: Tie, at: date) -> None:
    if stated.until is None or stated.until.day <= 28:
        assert counts(stated, at=at, months=MONTHS) is counts_by_hand(stated, at)


def test_a_tie_of_the_future_does_not_count_yet() -> None:
    tomorrow = tie("org-a", since=TODAY + timedelta(days=1))
    assert tied(tomorrow) == set()
    assert tied(tomorrow, at=TODAY + timedelta(days=1)) == {"org-a"}


def test_an_employee_of_one_is_tied_to_the_whole_group_and_cycles_do_no_harm() -> None:
    group = (belongs("org-b", "org-a"), belongs("org-c", "org-b"), belongs("org-d", "org-a"), belongs("org-x", "org-y"))
    everyone = {"org-a", "org-b", "org-c", "org-d"}
    for employer in everyone:
        assert tied(relations=group, employer=employer) == everyone
    assert tied(relations=(*group, belongs("org-a", "org-c"), belongs("org-a", "org-a")), employer="org-b") == everyone
    assert tied(relations=group, employer="org-alone") == {"org-alone"}


@pytest.mark.parametrize("kind", list(TieKind))
def test_every_kind_of_tie_counts_for_the_group(kind: TieKind) -> None:
    stated = Tie(kind=kind, organisation="org-b")
    assert tied(stated, relations=(belongs("org-b", "org-a"),)) == {"org-a", "org-b"}


def test_a_subsidiary_that_was_sold_belongs_to_the_group_for_24_months_more_and_one_to_be_bought_not_yet() -> None:
    sold = belongs("org-b", "org-a", until=date(2024, 3, 2))
    assert tied(relations=(sold,), employer="org-a") == {"org-a", "org-b"}
    assert tied(relations=(sold,), employer="org-a", at=date(2026, 3, 3)) == {"org-a"}
    assert tied(relations=(belongs("org-b", "org-a", since=date(2026, 3, 3)),), employer="org-a") == {"org-a"}


@pytest.mark.parametrize(
    ("tied_to", "answer"),
    [((), False), (("org-other",), False), (("org-a",), True), (("org-b",), True), (("org-c", "org-other"), True)],
)
def test_a_person_is_tied_to_a_case_by_its_organisation_its_group_or_whom_it_keeps_away(
    tied_to: tuple[str, ...], answer: bool
) -> None:
    assert is_tied(tied_to, "org-a", ("org-b",), ("org-c",)) is answer


def walk() -> Walk:
    return Walk(group=("org-parent", "org-sister"), kept_away=("org-rival",)).to_planning()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"tied_to": (ORGANISATION,)}, "tied_to_applicant"),
        ({"tied_to": ("org-other", "org-sister")}, "tied_to_applicant"),
        ({"organisation": "org-parent"}, "tied_to_applicant"),
        ({"tied_to": ("org-parent", "org-rival")}, "tied_to_applicant"),
        ({"organisation": "org-rival"}, "kept_away"),
        ({"organisation": "org-other", "tied_to": ("org-rival",)}, "kept_away"),
        ({"organisation": ORGANISATION, "tied_to": (ORGANISATION,)}, "own_organisation"),
    ],
)
def test_nobody_tied_to_the_applicant_or_kept_away_by_it_takes_part(facts: dict[str, object], code: str) -> None:
    held = walk()
    expert, member = (one.model_copy(update=facts) for one in (EDDA, MEMBERS[0]))
    with refused(code):
        held.act("assign_reviewer", SECRETARY, reviewer="edda", areas=("ethics_or_law",), people={"edda": expert})
    with refused(code):
        may_sit(held.case, member).require()


def test_ties_to_others_stand_in_nobodys_way() -> None:
    other = EDDA.model_copy(update={"organisation": "org-other", "tied_to": ("org-else", "org-other")})
    assert may_review(walk().case, other)
    assert may_review(Walk().to_planning().case, EDDA.model_copy(update={"tied_to": ("org-parent", "org-rival")}))


def test_a_tie_that_came_up_after_the_declaration_stops_the_review_that_was_promised() -> None:
    held = walk().staffed(EDDA)
    hired = EDDA.model_copy(update={"tied_to": ("org-sister",)})
    with refused("tied_to_applicant"):
        held.act("submit_review", hired, findings=held.findings("edda"))


def test_the_sentence_to_one_who_is_kept_away_names_no_reason() -> None:
    refusal = free_of_interest(walk().case, EDDA.model_copy(update={"tied_to": ("org-rival",)})).refusal
    assert refusal is not None
    assert refusal.message == "You can take no part in this case."


@given(st.sets(NAMES), st.sets(NAMES), st.sets(NAMES), st.none() | NAMES)
def test_facts_narrowed_to_what_a_case_names_are_answered_the_same(
    held: set[str], group: set[str], away: set[str], employer: str | None
) -> None:
    application = lodged(organisation="org-a", group=tuple(sorted(group)), kept_away=tuple(sorted(away)))
    case = INTAKE.model_copy(update={"lodged": application})
    whole = PersonFacts(person="edda", organisation=employer, tied_to=tuple(sorted(held)))
    narrow = whole.model_copy(update={"tied_to": named_in(held, application)})

    answers = [free_of_interest(case, facts).refusal for facts in (whole, narrow)]
    assert len({answer.code if answer else None for answer in answers}) == 1
    assert set(narrow.tied_to) <= {"org-a", *group, *away} & held


def test_facts_for_two_cases_hold_what_either_names() -> None:
    ours, theirs = lodged(organisation="org-a", group=("org-b",)), lodged(organisation="org-c", kept_away=("org-d",))
    assert named_in({"org-d", "org-b", "org-e"}, ours, theirs) == ("org-b", "org-d")


def test_an_organisation_without_relations_is_its_own_group() -> None:
    assert group_of("org-a", {}) == {"org-a"}


TIED_NOW = tie(ORGANISATION)


@pytest.mark.parametrize(
    "stated",
    [
        (),
        (tie("org-other"),),
        (tie(ORGANISATION, until=TODAY - timedelta(days=1000)),),
        (tie(ORGANISATION, since=TODAY + timedelta(days=1)),),
        (Tie(kind=TieKind.FAMILY, organisation=ORGANISATION, until=TODAY - timedelta(days=1)),),
    ],
)
def test_a_tie_that_is_taken_back_ended_today_and_goes_on_counting(stated: tuple[Tie, ...]) -> None:
    kept = with_dropped((TIED_NOW,), stated, at=TODAY, months=MONTHS)

    assert kept == (*stated, TIED_NOW.model_copy(update={"until": TODAY}))
    assert ORGANISATION in tied(*kept, at=TODAY + timedelta(days=700))
    assert with_dropped(kept, (), at=TODAY, months=MONTHS)[-1:] == kept[-1:]


@pytest.mark.parametrize(
    ("before", "stated"),
    [
        (TIED_NOW, (TIED_NOW,)),
        (TIED_NOW, (tie(ORGANISATION, until=TODAY),)),
        (tie(ORGANISATION, until=TODAY - timedelta(days=9)), (tie(ORGANISATION, until=TODAY - timedelta(days=9)),)),
        (tie(ORGANISATION, until=TODAY - timedelta(days=900)), ()),
        (tie(ORGANISATION, since=TODAY + timedelta(days=9)), ()),
    ],
)
def test_a_tie_that_is_stated_again_or_counts_no_more_is_not_kept_beside(before: Tie, stated: tuple[Tie, ...]) -> None:
    assert with_dropped((before,), stated, at=TODAY, months=MONTHS) == stated


@given(st.lists(ties(), max_size=5), st.lists(ties(), max_size=5), DAYS)
def test_whatever_is_stated_nobody_is_freed_by_it(before: list[Tie], stated: list[Tie], at: date) -> None:
    kept = with_dropped(before, stated, at=at, months=MONTHS)

    assert tied(*before, at=at) <= tied(*kept, at=at)
