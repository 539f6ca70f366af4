"""What the record holds of how people come in and prove who they are: invitations, passkeys, recoveries and ends.

Public keys and opaque ids only. Names of devices, addresses, passwords and other secrets never come here, so that
anybody who holds the record can check who signed a ballot (ASVS 5.0, 4.1.5), and nobody learns more from it.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.event import Event
from schemas.identifiers import Identifier, Moment, Word
from schemas.people import Role

CREDENTIAL_ID_MAX = 1364
"""Characters of the 1023 bytes a credential id has at most (WebAuthn Level 3, 4), as base64url."""
PUBLIC_KEY_MAX = 2048
"""Characters of a COSE key; one of RSA with 4096 bits has some 700."""

CredentialId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=CREDENTIAL_ID_MAX)]
"""A credential's id in base64url without padding."""
CoseKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=PUBLIC_KEY_MAX)]
"""A public key as COSE (RFC 9052, 7), in base64url without padding."""


class PasskeyEntered(Event):
    """A person proves who they are with this key from now on."""

    kind: Literal["passkey_entered"] = "passkey_entered"
    person: Identifier
    credential_id: CredentialId
    public_key: CoseKey


class PasskeyRemoved(Event):
    """A key proves nothing any more; what it signed before stays signed."""

    kind: Literal["passkey_removed"] = "passkey_removed"
    person: Identifier
    credential_id: CredentialId


class RecoveryRequested(Event):
    """An officer asks that a person may set new credentials, having lost theirs (security T32)."""

    kind: Literal["recovery_requested"] = "recovery_requested"
    recovery: Identifier
    person: Identifier


class RecoveryApproved(Event):
    """A second officer agrees.

    Attributes:
        due_at: before then no link is made, so that the person can object.
    """

    kind: Literal["recovery_approved"] = "recovery_approved"
    recovery: Identifier
    person: Identifier
    due_at: Moment


class RecoveryCancelled(Event):
    """The person or an officer stopped it."""

    kind: Literal["recovery_cancelled"] = "recovery_cancelled"
    recovery: Identifier
    person: Identifier


class RecoveryDone(Event):
    """The person has set new credentials; all earlier ones are void."""

    kind: Literal["recovery_done"] = "recovery_done"
    recovery: Identifier
    person: Identifier


class RecoveryLinkMade(Event):
    """An officer made the link of a recovery, which whoever holds it uses once; a later one takes its place."""

    kind: Literal["recovery_link_made"] = "recovery_link_made"
    recovery: Identifier
    person: Identifier


class AccessEnded(Event):
    """An officer or a colleague of the same organisation ended a person's access.

    They left, or somebody else holds what they sign in with.
    """

    kind: Literal["access_ended"] = "access_ended"
    person: Identifier


class AccessRestored(Event):
    """The person came in again, by a recovery that two officers agreed to."""

    kind: Literal["access_restored"] = "access_restored"
    person: Identifier


class InvitationAsked(Event):
    """An officer asks that somebody be admitted to a role of the body, or to act for an organisation that has people.

    Their name and address are not on record.
    """

    kind: Literal["invitation_asked"] = "invitation_asked"
    invitation: Identifier
    roles: tuple[Role, ...] = Field(min_length=1, max_length=16)
    organisation: Identifier | None = None
    areas: tuple[Word, ...] = Field(default=(), max_length=8)


class InvitationConfirmed(Event):
    """A second officer agrees, or somebody who acts for the organisation; the next entry admits the person (I17)."""

    kind: Literal["invitation_confirmed"] = "invitation_confirmed"
    invitation: Identifier


class InvitationRefused(Event):
    """An officer turned it down, or somebody who acts for the organisation, or whoever asked took it back."""

    kind: Literal["invitation_refused"] = "invitation_refused"
    invitation: Identifier


AccountEvent = (
    PasskeyEntered
    | PasskeyRemoved
    | RecoveryRequested
    | RecoveryApproved
    | RecoveryLinkMade
    | RecoveryCancelled
    | RecoveryDone
    | AccessEnded
    | AccessRestored
    | InvitationAsked
    | InvitationConfirmed
    | InvitationRefused
)
