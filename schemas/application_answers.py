"""Reads of an `application.yaml` only what the risk tier and the requirements follow from, however incomplete it is.

read_answers(Path("examples/digit-reader")).answers["Q1"]  # 0
"""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from schemas.application import ActorRole, Application, Problem, RiskAnswer, Statements
from schemas.application_folder import (
    APPLICATION_FILE,
    ApplicationFolderError,
    located_in,
    parsed,
    read_text,
    worded,
)
from schemas.application_spelling import GateAnswer, SchemeName, distinct, spelled_answer
from schemas.identifiers import RuleId
from schemas.self_check import SelfCheckAnswers


class _Roles(BaseModel):
    """Of the organisation only its roles: who it is changes no tier."""

    model_config = ConfigDict(extra="ignore")

    roles: Annotated[tuple[ActorRole, ...], AfterValidator(distinct)] = Field(min_length=1, max_length=2)


class _Answers(BaseModel):
    """The parts of an application that a self-check looks at; the others may be missing or unfinished."""

    model_config = ConfigDict(extra="ignore")

    scheme: SchemeName | None = None
    organisation: _Roles
    gates: dict[RuleId, GateAnswer] = Field(default_factory=dict, max_length=20)
    answers: dict[RuleId, Annotated[RiskAnswer, BeforeValidator(spelled_answer)]] = Field(
        default_factory=dict, max_length=50
    )
    statements: Statements | None = None


def read_answers(path: Path) -> tuple[str | None, SelfCheckAnswers]:
    """Return the scheme that an application names, if it does, and its answers.

    Args:
        path: an application folder, or its `application.yaml`.

    Raises:
        ApplicationFolderError: naming everything that is wrong with what is read, by line and key.
    """
    document, lines, problems = parsed(read_text(path / APPLICATION_FILE if path.is_dir() else path))
    problems += _foreign(document)
    try:
        read = _Answers.model_validate(document)
    except ValidationError as error:
        problems += [problem for details in error.errors() for problem in worded(dict(details))]
        read = None
    if read is None or problems:
        raise ApplicationFolderError([located_in(problem, lines) for problem in problems])
    return read.scheme, _as_answers(read)


def _foreign(document: object) -> list[Problem]:
    """Return the keys no application has: a misspelt one would count as not answered, and nobody would see it."""
    keys = document if isinstance(document, dict) else {}
    return [
        Problem((str(key),), "is not a key of an application") for key in keys if key not in Application.model_fields
    ]


def _as_answers(read: _Answers) -> SelfCheckAnswers:
    return SelfCheckAnswers(
        roles=tuple(role.value for role in read.organisation.roles),
        gates=read.gates,
        answers={question: answer.points for question, answer in read.answers.items()},
        statements=read.statements.model_dump() if read.statements else {},
    )
