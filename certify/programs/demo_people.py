"""The people a demonstration needs: as many as the tier's rules ask, each with a token and a sign-in link."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts import links, passkeys, people, tokens
from certify.accounts.relying_party import RelyingParty
from certify.programs.client import ApiClient
from certify.programs.embedded import Tree
from certify.programs.software_authenticator import DEVICE_NAME, SoftwareAuthenticator
from schemas.identifiers import ENGINE
from schemas.people import Role
from schemas.scheme import SchemeRules, Tier
from workflows.rules.case.attestation import RELEASED_TIERS
from workflows.rules.case.hearing import REQUIRED
from workflows.rules.case.rounds import base_min

_LASTS = timedelta(days=1)
_SIGNING = frozenset({Role.COMMISSIONER, Role.LABEL_OFFICER, Role.NEUTRAL_THIRD_PARTY})
_EXPERTS = ("Edda Expert", "Emil Expert", "Enno Expert")
_MEMBERS = ("Maria Member", "Milan Member", "Mira Member", "Mark Member", "Mona Member", "Mats Member", "Maya Member")


@dataclass(frozen=True)
class Player:
    """Someone whose part the demonstration plays.

    Attributes:
        device: signs for them, and is no person; None for whoever signs nothing.
    """

    id: str
    name: str
    role: Role
    api: ApiClient
    link: str
    device: SoftwareAuthenticator | None = None


class Cast:
    """Admits people and gives each what they need to act and to sign in."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.players: list[Player] = []

    async def admit(
        self, name: str, role: Role, *, organisation: str | None = None, areas: tuple[str, ...] = ()
    ) -> Player:
        """Admit a person, or find who was admitted by an earlier run on the same data."""
        now, email = datetime.now(UTC), f"{name.split(maxsplit=1)[0].lower()}.{role.value}@demo.invalid"
        async with self._tree.database.writing() as session:
            known = await people.find_by_email(session, email)
            person = known.person if known else await people.admit(
                session, name=name, email=email, roles=[role], organisation=organisation, areas=areas,
                by=ENGINE, now=now, authn="operator",
            )  # fmt: skip
            token = await tokens.create(
                session, person=person, name="demo", scopes=["act", "read"], expires_at=now + _LASTS, now=now
            )
            link = await links.create_link(session, person=person, expires_at=now + _LASTS, reusable=True)
            device = await self._device(session, person) if self._signs(role) else None
        api = ApiClient(self._tree.address, token)
        player = Player(person, name, role, api, f"{self._tree.address}/sign-in/link/{link}", device)
        self.players.append(player)
        return player

    def _signs(self, role: Role) -> bool:
        return role in _SIGNING and self._tree.settings.signed_ballots

    async def _device(self, session: AsyncSession, person: str) -> SoftwareAuthenticator:
        """Give a person a passkey that nobody holds: loud, and refused outside demonstrations."""
        settings = self._tree.settings
        device = SoftwareAuthenticator(settings, RelyingParty.of(settings.public_url, settings.body).origin)
        await passkeys.enter(
            session,
            person=person,
            credential_id=device.credential_id,
            public_key=device.public_key,
            name=DEVICE_NAME,
            now=datetime.now(UTC),
            authn="operator",
        )
        return device

    async def admit_for(self, tier: Tier, rules: SchemeRules) -> None:
        """Admit everyone else the tier asks for."""
        wanted = rules.tiers[tier]
        for place in range(wanted.reviewers.count):
            area = wanted.reviewers.areas[place % len(wanted.reviewers.areas)]
            await self.admit(_EXPERTS[place], Role.EXPERT, areas=(area,))
        for name in _MEMBERS[: base_min(rules, tier)]:
            await self.admit(name, Role.COMMISSIONER)
        if wanted.neutral_third_party == REQUIRED:
            await self.admit("Tilda Third", Role.NEUTRAL_THIRD_PARTY)
        if tier in RELEASED_TIERS:
            await self.admit("Laura Label", Role.LABEL_OFFICER)

    def all_with(self, role: Role) -> list[Player]:
        """Return everyone with a role."""
        return [player for player in self.players if player.role == role]

    def one(self, role: Role) -> Player:
        """Return the first with a role."""
        return self.all_with(role)[0]

    async def close(self) -> None:
        """Close every connection."""
        for player in self.players:
            await player.api.close()
