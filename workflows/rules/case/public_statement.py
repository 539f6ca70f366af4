"""What an applicant states for an extended public page (scheme, `public_page`; decision 69)."""

from datetime import datetime
from typing import Final

from schemas import events as ev
from schemas.case import Case
from schemas.errors import EvidenceIncomplete, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.evidence_acts import MakePublicStatement
from schemas.people import PersonFacts
from schemas.public_statement import PUBLIC_STATEMENT_BYTES_MAX, PublicStatement
from schemas.scheme import SchemeRules
from workflows.rules.permission import (
    ALLOWED,
    COLLECTING,
    Permission,
    acts_for_applicant,
    first_refusal,
    in_stage,
)

STATED_SINCE: Final = 6
"""The edition of the procedure from which on an extended public page is stated (decision 69)."""
ROOM: Final = 2 * PUBLIC_STATEMENT_BYTES_MAX + 2_500
"""Bytes kept free of evidence in such a case: for two statements, and their digests in all versions of the manifest."""
EXTENDED: Final = "extended"


def may_make_public_statement(case: Case, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may state what everybody is to read: for the applicant, while evidence may be added."""
    return first_refusal(acts_for_applicant(case, person), in_stage(case, *COLLECTING), _is_read(case, rules))


def _is_read(case: Case, rules: SchemeRules) -> Permission:
    if case.edition < STATED_SINCE:
        return Permission(OutOfOrder("earlier_edition", "This case follows an earlier edition of the procedure."))
    if not is_asked_for(case, rules):
        return Permission(OutOfOrder("page_not_extended", "In this tier the public page shows no such statement."))
    return ALLOWED


def is_asked_for(case: Case, rules: SchemeRules) -> bool:
    """Whether evidence is handed in with a statement for the public page."""
    return case.edition >= STATED_SINCE and rules.tiers[case.tier].public_page == EXTENDED


def statement_is_there(case: Case, rules: SchemeRules) -> Permission:
    """Whether the statement that is asked for was made."""
    if case.public_statement is not None or not is_asked_for(case, rules):
        return ALLOWED
    return Permission(
        EvidenceIncomplete(
            "public_statement_missing", "State main limitations and measures by group for the public page first."
        )
    )


def make(case: Case, act: MakePublicStatement, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """State limitations and measures, in place of what was stated before; the next version of the manifest names them.

    Raises:
        Unacceptable: `group_measures_missing`, `group_measures_and_reason`, `group_measure_twice` or
            `public_statement_too_long`.
    """
    may_make_public_statement(case, act.actor, rules).require()
    statement = PublicStatement(**act.model_dump(include={*PublicStatement.model_fields}))
    _check(statement)
    return (ev.PublicStatementMade(at=now, actor=act.actor.person, statement=statement),)


def _check(stated: PublicStatement) -> None:
    if not stated.group_measures and stated.no_group_measures is None:
        raise Unacceptable("group_measures_missing", "State measures by group, or why there are none.")
    if stated.group_measures and stated.no_group_measures is not None:
        raise Unacceptable("group_measures_and_reason", "State measures by group or why there are none, not both.")
    if len({(one.measure, one.group) for one in stated.group_measures}) < len(stated.group_measures):
        raise Unacceptable("group_measure_twice", "A measure is stated twice for the same group.")
    if len(stated.model_dump_json().encode()) > PUBLIC_STATEMENT_BYTES_MAX:
        limit = f"all of it fits into {PUBLIC_STATEMENT_BYTES_MAX} bytes"
        raise Unacceptable("public_statement_too_long", f"Say it in fewer words: {limit}.")
