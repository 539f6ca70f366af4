"""What a person sends: the content of an act, with texts as texts. One model per act, derived from the act."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from certify.vault.store import TEXT_MAX, reference_to
from schemas.act import Act
from schemas.acts import ACTS, AmendApplication, LodgeApplication
from schemas.correction import Grade
from schemas.evidence import PROTOCOLS_CITED_MAX, TextRef
from schemas.identifiers import CriterionId, ItemId, ProtocolId, RuleId
from schemas.offered_file import OfferedFile
from schemas.review import Finding
from schemas.stages import Verdict

PersonText = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]


class FindingBody(BaseModel):
    """One verdict with its reason, as a reviewer writes it."""

    model_config = ConfigDict(extra="forbid")

    criterion: CriterionId
    verdict: Verdict
    rationale: PersonText
    cited: tuple[ItemId, ...] = Field(default=(), max_length=50)
    grade: Grade | None = None
    reliance: PersonText | None = None
    protocols: tuple[ProtocolId, ...] = Field(default=(), max_length=PROTOCOLS_CITED_MAX)

    @property
    def texts(self) -> tuple[str, ...]:
        """What the reviewer wrote."""
        return (self.rationale, self.reliance) if self.reliance else (self.rationale,)


_TEXTS_BY_KEY: dict[Any, Any] = {
    dict[RuleId, TextRef]: dict[RuleId, PersonText],
    dict[CriterionId, TextRef]: dict[CriterionId, PersonText],
}
_AS_WRITTEN: dict[Any, Any] = {
    **_TEXTS_BY_KEY,
    TextRef: PersonText,
    TextRef | None: PersonText | None,
    tuple[Finding, ...]: tuple[FindingBody, ...],
}
_FILLED_IN = {
    *Act.model_fields,
    *("application", "around", "edition", "matter", "scheme_in_force", "stored_digest", "size", "sealed_with"),
}
"""What the engine knows and nobody sends."""


def body_of(kind: str, act: type[Act]) -> type[BaseModel]:
    """Return the model of what a person writes for an act."""
    fields: Any = {
        name: (_AS_WRITTEN.get(field.annotation, field.annotation), field)
        for name, field in act.model_fields.items()
        if name not in _FILLED_IN | act.own_facts
    }
    name = "".join(part.title() for part in kind.split("_")) + "Body"
    return create_model(name, __config__=ConfigDict(extra="forbid"), __doc__=act.__doc__, **fields)


BODIES: dict[str, type[BaseModel]] = {
    kind: body_of(kind, act) for kind, act in ACTS.items() if act not in {LodgeApplication, AmendApplication}
}
"""The body of each act but lodging and amending, whose body is an application."""


@dataclass(frozen=True)
class Written:
    """What a person wrote: the fields of the act, in which each text is a reference, and the texts themselves."""

    fields: dict[str, Any]
    texts: tuple[str, ...]


def as_written(model: type[Act], body: BaseModel) -> Written:
    """Return the fields of an act and the texts to store before it; nothing is stored here."""
    fields = {name: getattr(body, name) for name in type(body).model_fields}
    texts: list[str] = []
    for name, value in fields.items():
        annotation = model.model_fields[name].annotation
        if isinstance(value, str) and annotation in {TextRef, TextRef | None}:
            texts.append(value)
            fields[name] = reference_to(value)
        elif isinstance(value, dict) and annotation in _TEXTS_BY_KEY:
            texts += value.values()
            fields[name] = {key: reference_to(text) for key, text in value.items()}
        elif isinstance(value, tuple) and value and isinstance(value[0], FindingBody):
            texts += [text for finding in value for text in finding.texts]
            fields[name] = [_finding(finding) for finding in value]
    if issubclass(model, OfferedFile):
        # Placeholders until the file itself is looked up.
        fields |= {"stored_digest": fields["digest_of_file"], "size": 1}
    return Written(fields, tuple(texts))


def _finding(finding: FindingBody) -> Finding:
    reliance = reference_to(finding.reliance) if finding.reliance else None
    return Finding(**{**dict(finding), "rationale": reference_to(finding.rationale), "reliance": reliance})
