"""A label from an empty folder to a scan, and a refusal, through nothing but the pages, in Chromium."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus

import pytest
from playwright.async_api import Browser, async_playwright

from labels.reading import texts_in
from tests.journeys.browsing import Applicant, Expert, Member, Secretariat
from tests.journeys.visiting import Passer
from tests.programs import Tree, certify, wait_until

pytestmark = pytest.mark.slow

_LINK = re.compile(r"one-time link: (\S+)\n")
CLUB = "Lantern Board Games Club"
EXPERT, MEMBERS = "Edda Expert", ("Maria Member", "Milan Member", "Mira Member")
SYSTEM, ROBOT, TOY = "Move Adviser", "Card Sorter", "Dice Reader"


@dataclass(frozen=True)
class Cast:
    """Everybody of a low-tier case, each with a browser and an account of their own."""

    browser: Browser
    tree: Tree
    secretariat: Secretariat
    applicant: Applicant
    expert: Expert
    members: tuple[Member, Member, Member]

    @property
    def judges(self) -> tuple[str, ...]:
        """Names that an applicant must never see."""
        return (EXPERT, *MEMBERS)

    async def evaluated(self, system: str, *, not_met: str = "") -> None:
        """Carry an application whose evidence is frozen to the appointment of a rapporteur."""
        await self.secretariat.asks_expert(system, EXPERT)
        await self.expert.agrees_to_review(system)
        await self.secretariat.approves_plan(system)
        await self.expert.reviews(system, not_met=not_met)
        if not_met:
            await self.applicant.goes_on_without_correction(system)
        await self.secretariat.appoints_rapporteur(system, MEMBERS[0])

    async def decided(self, system: str, choice: str) -> None:
        """Vote, all three alike; the rapporteur declared before."""
        await self.secretariat.opens_round(system)
        for number, member in enumerate(self.members):
            if number > 0:
                await member.declares_no_interest(system)
            await member.votes(system, choice)


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        executable = shutil.which("chromium")
        assert executable is not None, "apt-get install chromium"
        browser = await playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        await browser.close()


def first_link(tree: Tree) -> str:
    """The link `certify up` printed for the first secretariat."""
    wait_until(lambda: _LINK.search(tree.log) is not None, within=10, what="the link of the first secretariat")
    return _LINK.findall(tree.log)[0]  # type: ignore[no-any-return]  # of one group


@pytest.fixture(scope="module")
async def cast(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cast]:
    """Everybody, admitted through the pages to a register that was empty."""
    with Tree(tmp_path_factory.mktemp("browser") / "data") as tree:
        yield await admitted(chromium, tree)
        assert tree.stop() == 0
        checked = certify("check", "--data", tree.data)
        assert (checked.returncode, checked.stdout) == (0, "Nothing differs.\n"), checked.stdout + checked.stderr


async def admitted(browser: Browser, tree: Tree) -> Cast:
    sofia = await Secretariat.arrives(browser, tree.address)
    await sofia.accepts_invitation(first_link(tree), "Sofia Secretary", "sofia@example.org")

    # No page needs a script: two of them have none.
    edda = await Expert.arrives(browser, tree.address, scripts=False)
    link = await sofia.invites(EXPERT, "Expert reviewer", areas=["Ethics or law"])
    await edda.accepts_invitation(link, EXPERT)
    members = []
    for name in MEMBERS:
        member = await Member.arrives(browser, tree.address)
        await member.accepts_invitation(await sofia.invites(name, "Member of the Commission"), name)
        members.append(member)
    await sofia.proposes_entry(CLUB, "Mare Tamm")
    sonja = await Secretariat.arrives(browser, tree.address)
    await sonja.accepts_invitation(await sofia.invites("Sonja Secretary", "Secretariat"), "Sonja")
    await sonja.confirms_entry(CLUB)
    anna = await Applicant.arrives(browser, tree.address, scripts=False)
    await sofia.asks_for("Anna Applicant", "Applicant", organisation=CLUB)
    await anna.accepts_invitation(await sonja.confirms_invitation(), "Anna")
    maria, milan, mira = members
    return Cast(browser, tree, sofia, anna, edda, (maria, milan, mira))


async def test_a_label_is_granted_scanned_and_its_forgery_unmasked(cast: Cast) -> None:
    anna, sofia = cast.applicant, cast.secretariat
    await anna.starts_draft("move-adviser-1.0")
    await anna.describes(SYSTEM)
    await anna.signs_out()
    await anna.signs_in("anna@example.org")
    await anna.begins("Finish and lodge the application", SYSTEM)
    await anna.reads("1 of 6 sections are complete.")
    await anna.fills_rest_of_draft()
    await anna.reads("6 of 6 sections are complete.")
    await anna.lodges_draft()
    await anna.adds_evidence(SYSTEM)

    await sofia.accepts_application(SYSTEM)
    await cast.evaluated(SYSTEM)
    await cast.members[0].declares_no_interest(SYSTEM)
    await cast.members[0].recommends(SYSTEM, "Grant the label", "Every mandatory requirement is met.")
    await cast.decided(SYSTEM, "Grant")

    await anna.goes_to_case(SYSTEM)
    await anna.waits_to_read("Public page of the label")
    await anna.finds_nothing_of(*cast.judges)
    await anna.follows("Public page of the label")
    await scanned(cast, anna.page.url)


async def scanned(cast: Cast, page: str) -> None:
    """Read the label as a stranger does: page, picture, code, a forged code, in two languages."""
    stranger = await Passer.arrives(cast.browser, cast.tree.address)
    assert await stranger.opens(page) == HTTPStatus.OK
    await stranger.is_told("Label in force")
    await stranger.reads(SYSTEM, CLUB, "Low risk", "Not looked at: a number carries no signature.")

    (url,) = texts_in(await stranger.opens_picture("Label as a picture (PNG)"))
    assert await stranger.opens(url) == HTTPStatus.OK
    await stranger.is_told("Label in force")
    await stranger.reads(SYSTEM, "The code you scanned is ours and unaltered.")
    await stranger.follows("RU", within=stranger.page.get_by_role("banner"))
    await stranger.is_told("Знак действует")

    forged = tampered(stranger.page.url.partition("?")[0])
    await stranger.opens(forged)
    await stranger.is_told("Not our signature")
    await stranger.finds_nothing_of(SYSTEM, CLUB, "Low risk")
    await stranger.opens(f"{forged}?lang=ru")
    await stranger.is_told("Подпись не наша")
    await stranger.finds_nothing_of(SYSTEM, CLUB)
    assert await stranger.page.context.cookies() == []


def tampered(url: str) -> str:
    """The address of a label with one character of its token exchanged."""
    at = len(url) - 40
    return f"{url[:at]}{'A' if url[at] != 'A' else 'B'}{url[at + 1 :]}"


async def test_a_refused_applicant_reads_why_and_never_who(cast: Cast) -> None:
    anna, sofia = cast.applicant, cast.secretariat
    await anna.lodges(ROBOT, "card-sorter-1.0")
    await sofia.accepts_application(ROBOT)
    await anna.adds_evidence(ROBOT)
    await anna.hands_in_evidence(ROBOT)
    await cast.evaluated(ROBOT, not_met="I-3.1-01")
    await cast.members[0].declares_no_interest(ROBOT)
    await cast.members[0].recommends(ROBOT, "Refuse the label", "Nobody supervises the system.")
    await sofia.records_hearing(ROBOT, "The club was heard; it names no supervisor.")
    await cast.decided(ROBOT, "Refuse")

    await anna.goes_to_case(ROBOT)
    await anna.waits_to_read("The Commission decided: Refused")
    await anna.reads("(I-3.1-01)", "Read for I-3.1-01.", "Nobody supervises the system.", "names no supervisor")
    await anna.finds_nothing_of(*cast.judges, "Public page of the label")
    await sofia.goes_to_case(ROBOT)
    await sofia.reads(*cast.judges)


async def test_an_applicant_who_withdraws_ends_the_case_for_everybody(cast: Cast) -> None:
    await cast.applicant.lodges(TOY, "dice-reader-1.0")
    await cast.applicant.withdraws(TOY, "The product was given up.")

    await cast.applicant.reads("Withdrawn by the applicant")
    await cast.secretariat.goes_to_case(TOY)
    await cast.secretariat.reads("Withdrawn by the applicant", "The product was given up.")
    await cast.secretariat.finds_nothing_of("Accept the application")
