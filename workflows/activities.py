"""What the procedure asks of the outside world: the contract that `certify.activities` carries out."""

from abc import ABC, abstractmethod

from pydantic import BaseModel, ConfigDict
from temporalio import activity

from schemas.identifiers import Name
from schemas.label import IssuedLabel
from schemas.records import Batch

STREAM_FORKED = "stream_forked"


class SigningOrder(BaseModel):
    """All the signer takes: the number of a recorded decision. It reads and re-checks the rest itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Name


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
        """Make the label of a recorded grant. A second run returns the same bytes."""
