"""The people of a case, each in a browser of their own: what they see is a page, what they do is a link or a button."""

import re
from collections.abc import Sequence

from playwright.async_api import FilePayload, expect

from tests.journeys.visiting import Visitor

PASSWORD = "a quiet lamp beside the river"  # chosen by the people of the journey
VERSION = "1.0"
DATE = "2026-01-15"
"""Day of every paper of the journey."""
LOW_RISK_EVIDENCE = {
    "I-1.1-01": "Humanitarian impact assessment",
    "I-1.2-01": "User documentation",
    "I-2.7-04": "User documentation",
    "I-4.1-01": "User documentation",
    "I-6.1-01": "User documentation",
    "I-1.3-01": "Legal review",
    "I-1.3-02": "Inventory of components",
    "I-3.1-01": "Procedure or regulation",
}
"""Every requirement that is mandatory in the low tier and not answered by rule, and as what one file shows it."""
MANDATORY = tuple(LOW_RISK_EVIDENCE)


class Person(Visitor):
    """Somebody with an account, who finds their work under `home`."""

    home = "/work"

    async def accepts_invitation(self, link: str, name: str, mail: str = "") -> None:
        await self.opens(link)
        # Whom somebody was asked about has the name and the address that were agreed to.
        if await self.page.get_by_label("Your name", exact=True).count():
            await self.writes("Your name", name)
        if mail:
            await self.writes("Mail address", mail)
        await self.writes("Choose a password", PASSWORD)
        await self.presses("Sign in")
        await expect(self.page.locator(".certify-person__name")).to_contain_text(name)

    async def signs_out(self) -> None:
        await self.page.get_by_role("button", name="Sign out").click()

    async def signs_in(self, mail: str) -> None:
        """Sign in with one's own password."""
        await self.opens("/")
        await self.follows("Sign in")
        await self.writes("Mail address", mail)
        await self.writes("Password", PASSWORD)
        await self.presses("Sign in")

    async def begins(self, duty: str, system: str) -> None:
        """Go to one's own start page and take up what waits there."""
        await self.opens(self.home)
        await self.page.get_by_role("link", name=re.compile(f"^{duty}.*{system}")).click()

    async def goes_to_case(self, system: str) -> None:
        await self.opens(self.home)
        await self.page.get_by_role("link", name=f"{system} {VERSION}", exact=True).click()

    async def is_done(self) -> None:
        await self.reads("Recorded as entry")


class Secretariat(Person):
    """Keeps the Register, admits people and leads each case."""

    home = "/secretariat"

    async def proposes_entry(self, name: str, officer: str) -> None:
        await self.opens(self.home)
        await self.follows("Register")
        await self.writes("Name of the organisation", name)
        await self.page.get_by_label("Country", exact=True).select_option("Estonia")
        await self.chooses("Developer", of="Roles under the Code")
        await self.chooses("Operator", of="Roles under the Code")
        await self.writes("Ethics officer", officer)
        await self.presses("Propose the entry")
        await self.reads(f"The entry of {name} is proposed.")

    async def confirms_entry(self, name: str) -> None:
        await self.opens(self.home)
        await self.follows("Register")
        await self.page.get_by_role("button", name=f"Confirm ({name})", exact=True).click()
        await self.presses("Confirm")
        await self.is_done()

    async def invites(self, name: str, role: str, *, organisation: str = "", areas: Sequence[str] = ()) -> str:
        """Invite a person and return the link to send to them."""
        await self.asks_for(name, role, organisation=organisation, areas=areas)
        await self.reads(f"Invited: {name}")
        return await self.page.locator(".certify-link-once").inner_text()

    async def confirms_invitation(self) -> str:
        """Confirm the one invitation that waits, and return the link to send."""
        await self.opens("/account/invitations")
        await self.presses("Confirm and show the link")
        return await self.page.locator(".certify-link-once").inner_text()

    async def asks_for(self, name: str, role: str, *, organisation: str = "", areas: Sequence[str] = ()) -> None:
        """Ask that a person may come in."""
        await self.opens(self.home)
        await self.follows("People")
        await self.writes("Name", name)
        await self.writes("Mail address", f"{name.split(maxsplit=1)[0].lower()}@example.org")
        await self.chooses(role, of="Roles")
        if organisation:
            await self.page.get_by_label("Organisation", exact=True).select_option(organisation)
        for area in areas:
            await self.chooses(area, of="Areas of competence")
        await self.presses("Invite")

    async def accepts_application(self, system: str) -> None:
        await self.begins("Decide on the intake", system)
        await self.follows("Accept the application")
        await self.presses("Accept the application")
        await self.is_done()

    async def asks_expert(self, system: str, name: str) -> None:
        await self.begins("Ask the proposed reviewers", system)
        await self.chooses(name, of="Whom do you ask?")
        await self.presses("Ask these experts")
        await self.is_done()

    async def approves_plan(self, system: str) -> None:
        await self.begins("Approve the evaluation plan", system)
        await self.presses("Approve the plan")
        await self.is_done()

    async def appoints_rapporteur(self, system: str, name: str) -> None:
        await self.begins("Appoint the rapporteur", system)
        await self.chooses(name, of="Who is the rapporteur?")
        await self.presses("Appoint")
        await self.is_done()

    async def records_hearing(self, system: str, protocol: str) -> None:
        await self.begins("Record the hearing", system)
        await self.writes("Protocol", protocol)
        await self.presses("Put the protocol on file")
        await self.is_done()

    async def opens_round(self, system: str) -> None:
        await self.begins("Open a round of the Commission", system)
        await self.presses("Open the round")
        await self.is_done()


class Applicant(Person):
    """Applies for a system of low risk, `system` in version 1.0."""

    home = "/applicant"

    async def lodges(self, system: str, reference: str) -> None:
        await self.starts_draft(reference)
        await self.describes(system)
        await self.fills_rest_of_draft()
        await self.lodges_draft()

    async def starts_draft(self, reference: str) -> None:
        await self.opens(self.home)
        await self.page.get_by_role("main").get_by_text("Start an application").click()
        await self.writes("Your reference", reference)
        await self.presses("Start the application")

    async def describes(self, system: str) -> None:
        await self.follows("The system")
        await self.writes("Name of the system", system)
        await self.writes("Name on the label", system)
        await self.writes("Version", VERSION)
        await self.writes("Purpose", "Suggests a move to players of a board game who ask for one; for nothing else.")
        await self.writes("Deployment", "On the tablets of one club, without network.")
        await self.writes("Languages", "en")
        await self._saves()

    async def fills_rest_of_draft(self) -> None:
        await self.follows("Your organisation and its ethics officer")
        await self.writes("Name", "Mare Tamm")
        await self.writes("Mail address", "ethics@example.org")
        await self._saves()
        await self._passes_gates()
        await self.follows("Risk questionnaire")
        questions = self.page.get_by_role("main").get_by_role("group")
        await questions.first.wait_for()  # `all` takes what is there, and that may still be the page before
        for question in await questions.all():
            await question.get_by_role("radio").first.check()
        await self._saves()
        await self.follows("Statement and requirements that do not apply")
        await self.chooses("It does not", of="group or classify people")
        await self._saves()
        await self.follows("Certification agreement")
        await self.page.get_by_label("My organisation accepts the certification agreement").check()
        await self.writes("Signed by", "Mare Tamm, chair")
        await self.writes("Signed on", DATE)
        await self._saves()

    async def _passes_gates(self) -> None:
        await self.follows("Questions that come first")
        await self.chooses("Yes", of="only for civil")
        await self.chooses("No", of="in order to harm")
        await self.chooses("Yes", of="joined the Code")
        await self.chooses("No", of="identify people at a distance")
        await self.page.get_by_role("textbox", name="Which aspects of the system").fill("None beyond general law.")
        await self._saves()

    async def _saves(self) -> None:
        await self.presses("Save")
        await self.reads("Saved.")

    async def lodges_draft(self) -> None:
        await self.page.get_by_role("main").get_by_text("Check and lodge").click()
        await self.presses("Lodge the application")
        await self.reads("Application lodged", "Intake")

    async def adds_evidence(self, system: str) -> None:
        """Show every mandatory requirement with one file."""
        await self.goes_to_case(system)
        await self.follows("Add one file for several requirements")
        content = f"Illustration: everything about {system}.".encode()
        await self.page.get_by_label("File", exact=True).set_input_files(
            FilePayload(name="everything.md", mimeType="text/plain", buffer=content)
        )
        for criterion, kind in LOW_RISK_EVIDENCE.items():
            await self.chooses(kind, of=f"({criterion})")
        await self.chooses("Your organisation", of="Who made it?")
        await self.writes("Day it is of", DATE)
        await self.chooses("Internal", of="How confidential is it?")
        await self.presses("Add the file")
        await self.is_done()
        await self.reads("Every mandatory requirement has evidence")

    async def hands_in_evidence(self, system: str) -> None:
        await self.begins("Hand in your evidence", system)
        await self.presses("Hand in and freeze the evidence")
        await self.is_done()

    async def withdraws(self, system: str, reasons: str) -> None:
        await self.goes_to_case(system)
        await self.follows("Withdraw the application")
        await self.writes("Reasons", reasons)
        await self.presses("Check and withdraw")
        await self.reads("This cannot be undone.", reasons)
        await self.presses("Withdraw the application")
        await self.is_done()

    async def goes_on_without_correction(self, system: str) -> None:
        await self.goes_to_case(system)
        await self.follows("Go on with nonconformities open")
        await self.presses("Go on without further correction")
        await self.is_done()


class Expert(Person):
    """Reviews, alone, what the applicant shows."""

    home = "/reviewer"

    async def agrees_to_review(self, system: str) -> None:
        await self.begins("Declare your interests", system)
        await self.follows("Declare your interests")
        await self.chooses("No, nothing ties me to the applicant", of="Do you have an interest")
        await self.presses("Declare")
        await self.begins("Say yes or no to this review", system)
        await self.follows("Say yes or no to this review")
        await self.chooses("Yes, I will review it", of="Will you review this case?")
        await self.presses("Send my answer")
        await self.is_done()

    async def confirms_answers(self, system: str) -> None:
        await self.begins("Confirm the answers of the questionnaire", system)
        await self.presses("Confirm these answers")
        await self.is_done()

    async def judges(self, criterion: str, verdict: str, rationale: str) -> None:
        await self.page.get_by_role("group", name=f"Verdict on {criterion}").get_by_label(verdict, exact=True).check()
        await self.writes(f"Why ({criterion})", rationale)
        cited = self.page.get_by_role("group", name=f"Evidence the verdict on {criterion} rests on")
        await cited.get_by_role("checkbox").first.check()

    async def reviews(self, system: str, *, not_met: str = "") -> None:
        """Confirm the answers; judge all criteria met but one, if one is named; save on the way."""
        await self.confirms_answers(system)
        await self.begins("Write your review and hand it in", system)
        for criterion in MANDATORY[:3]:
            await self.judges(criterion, "Not met" if criterion == not_met else "Met", f"Read for {criterion}.")
        await self.page.get_by_role(
            "button", name="Save the whole draft"
        ).first.click()  # one below each area saves all
        await self.begins("Write your review and hand it in", system)
        await self.reads(f"3 of {len(MANDATORY)} criteria have a verdict")
        for criterion in MANDATORY[3:]:
            await self.judges(criterion, "Not met" if criterion == not_met else "Met", f"Read for {criterion}.")
        await self.presses("Check and hand in")
        await self.reads("A review that is handed in cannot be changed.")
        await self.presses("Hand in the review")
        await self.is_done()


class Member(Person):
    """A member of the Commission: recommends and votes."""

    home = "/commission"

    async def declares_no_interest(self, system: str) -> None:
        await self.begins("Declare your interests", system)
        await self.chooses("No, nothing ties me to the applicant", of="Do you have an interest")
        await self.presses("Declare")
        await self.is_done()

    async def recommends(self, system: str, decision: str, reasons: str) -> None:
        await self.begins("Recommend a decision", system)
        await self.chooses(decision, of="What do you recommend?")
        await self.writes("Reasons", reasons)
        await self.presses("Send the recommendation to the Commission")
        await self.is_done()

    async def votes(self, system: str, choice: str) -> None:
        await self.begins("Cast your ballot", system)
        await self.chooses(choice, of="How do you vote?")
        await self.presses("Check your ballot")
        await self.reads(f"You are about to vote: {choice}. A ballot cannot be changed.")
        await self.presses("Cast the ballot")
        await self.is_done()
