"""An application for certification as a person writes it (procedure, stage 1; ISO/IEC 17065, 7.2).

The same model reads `application.yaml` of an application folder and the JSON of the API. It is liberal in
spelling where YAML invites it (yes and no, a bare score, a bare name) and keeps one form of each; it never
guesses what YAML has already lost, such as the version 1.10 written as a number.
"""

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from schemas.added_later import added_later
from schemas.application_spelling import (
    BuildDigest,
    Bytes,
    Country,
    Email,
    Flag,
    GateAnswer,
    LabelNumber,
    Language,
    LineText,
    Reference,
    RelativeFile,
    SchemeName,
    Score,
    Text,
    distinct,
    spelled_agreement,
    spelled_answer,
    spelled_maker,
    spelled_officer,
)
from schemas.canonical import digest_of
from schemas.evidence import SAME_FOR_A_FILE, Maker, saved_copy_lacks
from schemas.identifiers import CriterionId, Day, Digest, Identifier, RuleId, Word
from schemas.websites import WebAddress, Websites

# A label's token holds "name version" in its QR budget (label format, 1).
MAX_LABEL_NAME_BYTES = 55


class Problem(NamedTuple):
    """Something wrong at one key of an application, e.g. `("answers", "Q3", "score")`."""

    where: tuple[str | int, ...]
    message: str

    @property
    def key(self) -> str:
        """The key path with dots; items of a list are counted from 0."""
        return ".".join(map(str, self.where))

    def __str__(self) -> str:
        return f"{self.key}: {self.message}"


class InconsistentError(ValueError):
    """Keys that are right one by one and wrong together; `problems` are relative to the model that found them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class MakerKind(StrEnum):
    """Who may have made an item of evidence (procedure, stage 3)."""

    APPLICANT = "applicant"
    SUPPLIER = "supplier"
    INDEPENDENT_BODY = "independent_body"
    ACCREDITED_LABORATORY = "accredited_laboratory"


class Confidentiality(StrEnum):
    """Who may read an item besides those who judge it."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    SECRET = "secret"  # noqa: S105  # a class of papers, no password


class ActorRole(StrEnum):
    """The part of an AI Actor in the life of the system (Code, I-2.2, II-1.3)."""

    DEVELOPER = "developer"
    OPERATOR = "operator"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(_Part):
    """The applicant, one AI Actor (Code, II-1.3)."""

    name: LineText
    country: Country
    roles: Annotated[tuple[ActorRole, ...], AfterValidator(distinct)] = Field(min_length=1, max_length=2)


class EthicsOfficer(_Part):
    """The contact on AI ethics (Code, II-2.2)."""

    name: LineText
    email: Email | None = None
    phone: Annotated[LineText, Field(max_length=40)] | None = None


class System(_Part):
    """The object of certification: one AI system, one version (Code, I-2.8, I-4.1)."""

    name: LineText
    label_name: LineText = Field(description="name on the label; with version at most 55 bytes of UTF-8")
    version: LineText = Field(description='always in quotes: "1.0"')
    build_digest: BuildDigest | None = None
    purpose: Text
    deployment: Text
    languages: Annotated[tuple[Language, ...], AfterValidator(distinct)] = Field(min_length=1, max_length=50)
    websites: Websites = added_later((), description="host names of the websites that may show the label")

    @model_validator(mode="after")
    def _fits_the_label(self) -> Self:
        taken = len(f"{self.label_name} {self.version}".encode())
        if taken > MAX_LABEL_NAME_BYTES:
            message = f"takes {taken} bytes of UTF-8 with the version; a label has room for {MAX_LABEL_NAME_BYTES}"
            raise InconsistentError([Problem(("label_name",), message)])
        return self


class RiskAnswer(_Part):
    """One answer of the risk questionnaire (Code, I-2.1) with the files it rests on."""

    score: Score
    evidence: tuple[RelativeFile, ...] = Field(default=(), max_length=50)

    @property
    def points(self) -> int | None:
        """Points of the answer, 0 to 3; None is *unknown*."""
        return None if self.score == "unknown" else self.score


class DeclaredMaker(_Part):
    """The form of `made_by` that says more than the kind."""

    kind: MakerKind
    name: LineText | None = None
    accreditation: LineText | None = Field(default=None, description="number; an accredited laboratory has one")


def _known_maker(maker: Maker) -> Maker:
    DeclaredMaker.model_validate(maker.model_dump())
    if maker.kind == MakerKind.ACCREDITED_LABORATORY and not maker.accreditation:
        raise InconsistentError([Problem(("accreditation",), "an accredited laboratory has a number of accreditation")])
    return maker


MadeBy = Annotated[
    Maker,
    AfterValidator(_known_maker),
    BeforeValidator(
        spelled_maker,
        json_schema_input_type=Literal["applicant", "supplier", "independent_body"] | DeclaredMaker,
    ),
]


class EvidenceDeclaration(_Part):
    """One file of the folder and what it shows as one type of evidence (procedure, stage 3; ISO/IEC 17065, 7.4).

    A file that serves criteria of several types is listed once for each of these types.

    Attributes:
        address: of the web page that the file is a saved copy of, and `saved_on` the day it was saved.
        digest: SHA-256 of the file, filled in when the application is lodged; the server compares.
        size: length of the file in bytes, filled in likewise.
    """

    file: RelativeFile
    type: Word
    criteria: Annotated[tuple[CriterionId, ...], AfterValidator(distinct)] = Field(min_length=1, max_length=100)
    made_by: MadeBy
    effective: Day
    expires: Day | None = None
    covers_version: LineText
    confidentiality: Confidentiality
    address: WebAddress | None = None
    saved_on: Day | None = None
    digest: Digest | None = None
    size: Bytes | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.expires is not None and self.expires < self.effective:
            raise InconsistentError([Problem(("expires",), "lies before the effective day")])
        return self

    @model_validator(mode="after")
    def _tells_whose_copy_it_is(self) -> Self:
        lacking = saved_copy_lacks(self.type, self.address, self.saved_on)
        if lacking is not None:
            raise InconsistentError([Problem((lacking,), "is needed of a saved copy of a web page")])
        return self


class Agreement(_Part):
    """Acceptance of the certification agreement (ISO/IEC 17065, 4.1.2)."""

    accepted: Flag
    signed_by: LineText | None = None
    signed_on: Day | None = None


class Statements(_Part):
    """What the form asks besides: the low tier rests on it instead of on documents (Code, I-1.4)."""

    groups_people: Flag

    @property
    def points(self) -> dict[str, int]:
        """The statements as the scheme's rules read them: 1 is yes, 0 is no."""
        return {name: int(value) for name, value in self.model_dump().items()}


KEPT_AWAY_MAX = 50

KeptAway = Annotated[
    tuple[Identifier, ...],
    Field(max_length=KEPT_AWAY_MAX, description="ids of organisations whose people must not see the case"),
]


class Application(_Part):
    """Everything an organisation lodges; its key is (organisation, reference)."""

    scheme: SchemeName
    reference: Reference
    organisation: Organisation
    ethics_officer: Annotated[
        EthicsOfficer,
        BeforeValidator(
            spelled_officer, json_schema_input_type=Annotated[str, Field(min_length=1, max_length=200)] | EthicsOfficer
        ),
    ]
    system: System
    gates: dict[RuleId, GateAnswer] = Field(max_length=20, description="yes, no or unknown; a text where one is asked")
    answers: dict[
        RuleId, Annotated[RiskAnswer, BeforeValidator(spelled_answer, json_schema_input_type=Score | RiskAnswer)]
    ] = Field(max_length=50)
    evidence: tuple[EvidenceDeclaration, ...] = Field(max_length=200)
    not_applicable: dict[CriterionId, Text] = Field(default_factory=dict, max_length=100)
    statements: Statements | None = None
    kept_away: KeptAway | None = None
    renews: LabelNumber | None = Field(
        default=None, description="number of the label of yours that a grant replaces, where this is a renewal"
    )
    agreement: Annotated[
        Agreement,
        BeforeValidator(
            spelled_agreement, json_schema_input_type=bool | Literal["yes", "no"] | Agreement
        ),
    ]  # fmt: skip

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON without absent keys, so that a new optional key changes no old digest."""
        return digest_of(self.model_dump(mode="json", exclude_none=True))

    @model_validator(mode="after")
    def _names_each_file_once(self) -> Self:
        problems = [*_doubles(self.evidence), *_unlisted(self)]
        if problems:
            raise InconsistentError(problems)
        return self


def _doubles(evidence: tuple[EvidenceDeclaration, ...]) -> Iterator[Problem]:
    """Yield what is wrong with a file listed again: it needs another type, and is otherwise the same file."""
    first: dict[str, EvidenceDeclaration] = {}
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(evidence):
        if (item.file, item.type) in seen:
            message = f"{item.file} is listed twice as {item.type}; name all its criteria in one item"
            yield Problem(("evidence", number, "file"), message)
        earlier = first.setdefault(item.file, item)
        for key in SAME_FOR_A_FILE:
            if getattr(item, key) != getattr(earlier, key):
                yield Problem(("evidence", number, key), f"differs from what is said of {item.file} before")
        seen.add((item.file, item.type))


def _unlisted(application: Application) -> Iterator[Problem]:
    listed = {item.file for item in application.evidence}
    for question, answer in application.answers.items():
        for number, file in enumerate(answer.evidence):
            if file not in listed:
                yield Problem(("answers", question, "evidence", number), f"{file} is not listed under evidence")


def check_against(
    application: Application,
    criteria_ids: Collection[str],
    evidence_types: Collection[str],
    question_ids: Collection[str],
    gate_ids: Collection[str],
    *,
    text_gate_ids: Collection[str] | None = None,
) -> list[Problem]:
    """Return what an application says that its scheme does not know, and what it leaves unanswered.

    `text_gate_ids` are the gates answered by a text: all others are then held to yes, no or unknown.
    """
    return [
        *_ids(("gates",), application.gates, gate_ids, "gate"),
        *_worded_gates(application, gate_ids, text_gate_ids),
        *_ids(("answers",), application.answers, question_ids, "question"),
        *_foreign_evidence(application.evidence, criteria_ids, evidence_types),
        *(
            Problem(("not_applicable", criterion), "the scheme has no such criterion")
            for criterion in application.not_applicable
            if criterion not in criteria_ids
        ),
    ]


def _ids(where: tuple[str, ...], given: Collection[str], known: Collection[str], noun: str) -> Iterator[Problem]:
    for name in given:
        if name not in known:
            yield Problem((*where, name), f"the scheme has no such {noun}")
    for name in known:
        if name not in given:
            yield Problem((*where, name), "is not answered; if you do not know, write unknown")


def _worded_gates(
    application: Application, gate_ids: Collection[str], text_gate_ids: Collection[str] | None
) -> Iterator[Problem]:
    if text_gate_ids is None:
        return
    for name in (name for name in gate_ids if name in application.gates and name not in text_gate_ids):
        if application.gates[name] not in {"yes", "no", "unknown"}:
            yield Problem(("gates", name), "is answered yes, no or unknown")


def _foreign_evidence(
    evidence: tuple[EvidenceDeclaration, ...], criteria_ids: Collection[str], evidence_types: Collection[str]
) -> Iterator[Problem]:
    for number, item in enumerate(evidence):
        if item.type not in evidence_types:
            yield Problem(("evidence", number, "type"), f"the scheme has no evidence type {item.type}")
        for place, criterion in enumerate(item.criteria):
            if criterion not in criteria_ids:
                yield Problem(("evidence", number, "criteria", place), f"the scheme has no criterion {criterion}")
