"""What the procedure asks of the outside world: the contract that `certify.activities` carries out."""

from abc import ABC, abstractmethod

from pydantic import BaseModel, ConfigDict, Field
from temporalio import activity

from schemas.errand import Errand, ErrandAnswer
from schemas.extract import SignedExtract
from schemas.identifiers import Identifier, Name
from schemas.label import IssuedLabel
from schemas.records import Batch

STREAM_FORKED = "stream_forked"
SIGNING_REFUSED = "signing_refused"
"""Type of the failure with which a signer says that the record does not carry the grant; its details are the code and
the decision."""


class SigningOrder(BaseModel):
    """All the signer takes: the number of a recorded decision. It reads and re-checks the rest itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Name


class ExtractOrder(BaseModel):
    """All the signer takes for an extract: whose, and after which entry of its stream. It reads the rest itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisation: Identifier
    entry: int = Field(ge=1)


class RecordKeeping(ABC):
    """Writes the record."""

    @activity.defn(name="record")
    @abstractmethod
    async def record(self, batch: Batch) -> int:
        """Append a batch and return the number of its last entry. A second run changes nothing.

        Raises:
            ApplicationError: of type `stream_forked` when the stream holds something else at these numbers.
        """


class Signing(ABC):
    """Signs labels."""

    @activity.defn(name="issue_label")
    @abstractmethod
    async def issue_label(self, order: SigningOrder) -> IssuedLabel:
        """Make the label of a recorded grant. A second run returns the same bytes.

        Raises:
            ApplicationError: of type `signing_refused` when the record does not carry the grant.
        """


class ExtractSigning(ABC):
    """Signs extracts of the Register."""

    @activity.defn(name="sign_extract")
    @abstractmethod
    async def sign_extract(self, order: ExtractOrder) -> SignedExtract:
        """Sign what the Register says of an organisation since an entry. A second run returns the same bytes."""


class Errands(ABC):
    """Tells another case or matter what concerns it."""

    @activity.defn(name="run_errand")
    @abstractmethod
    async def run_errand(self, errand: Errand) -> ErrandAnswer:
        """Send an act of the engine. A second run finds the act taken, and returns the same answer."""
