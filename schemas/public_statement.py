"""What the holder of a label states for its public page, where the tier's page is extended (scheme, `public_page`)."""

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from schemas.canonical import digest_of
from schemas.identifiers import Paragraph, one_line

GROUP_MEASURES_MAX: Final = 12
PUBLIC_STATEMENT_BYTES_MAX: Final = 10_000
"""Of one statement: a case carries two through Temporal, the one handed in and the one that is to follow it."""

Title = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True), AfterValidator(one_line)]
Figure = Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True), AfterValidator(one_line)]


class GroupMeasure(BaseModel):
    """How well the system does for one group of people or cases.

    Attributes:
        measure: what is measured, such as `share of errors`.
        value: as the holder states it, with its unit.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: Title
    group: Title
    value: Figure


class PublicStatement(BaseModel):
    """The main limitations of a system and how well it does by group, in the holder's words; everybody reads it.

    Attributes:
        main_limitations: for what, whom and under which conditions the system is not meant, or works less well.
        no_group_measures: why there are none, where there are none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    main_limitations: Paragraph = Field(min_length=1)
    group_measures: tuple[GroupMeasure, ...] = Field(default=(), max_length=GROUP_MEASURES_MAX)
    no_group_measures: Paragraph | None = Field(default=None, min_length=1)

    @property
    def digest(self) -> str:
        """SHA-256 of what is stated; the manifest of the evidence names it."""
        return digest_of(self.model_dump(mode="json"))
