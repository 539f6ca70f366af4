"""A whole case by real acts through the API: what each person would do in the browser, done by a script."""

import asyncio
import sys
import time
from typing import Any

from certify.programs.client import lodge_folder
from certify.programs.demo_people import Cast
from schemas.application_folder import ApplicationFolder
from schemas.people import Role
from schemas.scheme import SchemeRules, Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from workflows.rules.case.hearing import REQUIRED

PLAYED = "Illustration: in this demonstration a script plays the person."
LABEL_WITHIN = 60.0


class DemoCase:
    """Carries one application through every stage it reaches."""

    def __init__(self, cast: Cast, folder: ApplicationFolder, rules: SchemeRules, *, refuse: bool) -> None:
        self._cast, self._folder, self._rules, self._refuse = cast, folder, rules, refuse
        self.id = ""
        self.seconds: dict[str, float] = {}
        self._since = time.monotonic()

    async def play(self) -> dict[str, Any]:
        """Play the case to its end and return it as the secretariat reads it."""
        await self._lodge()
        reading = await self._read()
        if reading["stage"] == Stage.INTAKE:
            await self._intake(reading)
        reading = await self._read()
        if reading["stage"] == Stage.PLANNING:
            await self._planning()
            await self._evaluation()
            await self._recommendation()
        reading = await self._read()
        if reading["stage"] == Stage.DECISION:
            await self._decision(reading)
        return await self._attested()

    def _done(self, stage: str) -> None:
        now = time.monotonic()
        self.seconds[stage] = round(now - self._since, 3)
        self._since = now
        sys.stderr.write(f"  {stage}: {self.seconds[stage]:.1f} s\n")

    async def _read(self) -> dict[str, Any]:
        return await self._cast.one(Role.SECRETARIAT).api.application(self.id)

    async def _secretariat(self, act: str, **content: Any) -> None:
        await self._cast.one(Role.SECRETARIAT).api.act(self.id, act, **content)

    async def _lodge(self) -> None:
        async for step in lodge_folder(self._cast.one(Role.APPLICANT).api, self._folder):
            self.id = self.id or step
        self._done("draft")

    async def _intake(self, reading: dict[str, Any]) -> None:
        """Decline what cannot be certified as it was handed in, take the rest."""
        prohibited = self._folder.application.gates.get("G2") == "yes"
        if reading["missing"] and not prohibited:
            await self._secretariat("decline_application", reasons=f"Not complete: {', '.join(reading['missing'])}.")
        elif self._folder.application.gates.get("G3") == "no":
            await self._secretariat("decline_application", reasons="The applicant has not joined the Code (II-2.1).")
        else:
            await self._state()
            await self._secretariat("accept_application", note=f"Complete and in scope. {PLAYED}")
        self._done("intake")

    async def _state(self) -> None:
        """Let the applicant state what an extended public page tells, where the tier has one."""
        applicant = self._cast.one(Role.APPLICANT).api
        if (await applicant.application(self.id))["public_statement_missing"]:
            await applicant.act(
                self.id, "make_public_statement",
                main_limitations=f"Not for decisions that no person looks at. {PLAYED}",
                no_group_measures=f"The measures stand in the report of the tests. {PLAYED}",
            )  # fmt: skip

    async def _planning(self) -> None:
        wanted = self._rules.tiers[await self._tier()].reviewers
        for place, expert in enumerate(self._cast.all_with(Role.EXPERT)):
            area = wanted.areas[place % len(wanted.areas)]
            await self._secretariat("assign_reviewer", reviewer=expert.id, areas=[area])
            await expert.api.act(self.id, "declare_interests", has_interest=False)
            await expert.api.act(self.id, "answer_assignment", accepts=True)
        await self._secretariat("approve_plan")
        self._done("planning")

    async def _tier(self) -> Tier:
        return Tier((await self._read())["tier"])

    async def _evaluation(self) -> None:
        reading = await self._read()
        for criterion in reading["lookups"]:
            await self._secretariat("record_lookup", **self._finding(reading, criterion))
        for expert in self._cast.all_with(Role.EXPERT):
            seen = await expert.api.application(self.id)
            findings = [self._judged(seen, criterion) for criterion in seen["own"]["criteria"]]
            if self._refuse and expert is self._cast.one(Role.EXPERT):
                findings[0] = {**findings[0], "verdict": Verdict.NOT_MET, "cited": [],
                               "rationale": f"The evidence does not show it. {PLAYED}"}  # fmt: skip
            if seen["may"]["confirm_answers"] is None:
                await expert.api.act(self.id, "confirm_answers", answers=self._answers())
            await expert.api.act(self.id, "submit_review", findings=findings, manifest_digest=seen["manifest_digest"])
        if self._cast.all_with(Role.NEUTRAL_THIRD_PARTY):
            await self._secretariat("draw_third_party")
            third = self._cast.one(Role.NEUTRAL_THIRD_PARTY)
            await third.api.act(self.id, "declare_interests", has_interest=False)
            report, summary = "Risks were assessed apart.", "The risks are known and kept in hand."
            await third.api.signed_act(
                self.id, "record_third_party_report", third.device,
                report=f"{report} {PLAYED}", summary=f"{summary} {PLAYED}",
            )  # fmt: skip
        self._done("evaluation")
        if (await self._read())["stage"] == Stage.CORRECTION:
            await self._cast.one(Role.APPLICANT).api.act(self.id, "end_correction")
            self._done("correction")

    def _answers(self) -> dict[str, int | None]:
        """Return the applicant's answers, as a lead reviewer confirms them who finds nothing else in the evidence."""
        return {question: answer.points for question, answer in self._folder.application.answers.items()}

    def _finding(self, reading: dict[str, Any], criterion: str) -> dict[str, Any]:
        cited = [item["id"] for item in reading["evidence"] if criterion in item["criteria"]]
        verdict = Verdict.MET if cited else Verdict.NOT_APPLICABLE
        rationale = f"{'The cited evidence shows it.' if cited else 'The reason given holds.'} {PLAYED}"
        return {"criterion": criterion, "verdict": verdict, "rationale": rationale, "cited": cited}

    def _judged(self, reading: dict[str, Any], criterion: str) -> dict[str, Any]:
        """Return a reviewer's finding: with why the maker of what others made is relied on (ISO/IEC 17065, 7.4.5)."""
        finding = self._finding(reading, criterion)
        makers = {item["made_by"]["kind"] for item in reading["evidence"] if item["id"] in finding["cited"]}
        relied = f"The maker is independent of the applicant and says how it worked. {PLAYED}"
        return {**finding, "reliance": relied} if makers - {"applicant"} else finding

    async def _recommendation(self) -> None:
        rapporteur = self._cast.one(Role.COMMISSIONER)
        await self._secretariat("appoint_rapporteur", rapporteur=rapporteur.id)
        await rapporteur.api.act(self.id, "declare_interests", has_interest=False)
        recommends = Outcome.REFUSED if self._refuse else Outcome.GRANTED
        await rapporteur.api.act(
            self.id, "submit_recommendation", recommends=recommends, reasons=f"As the results say. {PLAYED}"
        )
        self._done("recommendation")

    async def _hearing_asked(self) -> bool:
        """Let the applicant ask to be heard, where the tier lets them."""
        applicant = self._cast.one(Role.APPLICANT).api
        may_ask = (await applicant.application(self.id))["may"]["ask_for_hearing"] is None
        if may_ask:
            await applicant.act(self.id, "ask_for_hearing", statement=f"We want to show how it is supervised. {PLAYED}")
        return may_ask

    async def _decision(self, reading: dict[str, Any]) -> None:
        is_asked = await self._hearing_asked()
        adverse = self._refuse or reading["rule"] is not None
        if adverse or is_asked or self._rules.tiers[Tier(reading["tier"])].decision.hearing == REQUIRED:
            await self._secretariat("record_hearing", protocol=f"The applicant was heard. {PLAYED}")
        await self._secretariat("open_round")
        vote = (await self._read())["rounds"][-1]
        for member in self._cast.all_with(Role.COMMISSIONER):
            if member.id in vote["electorate"]:
                seen = await member.api.application(self.id)
                if seen["own"]["interests"] is None:
                    await member.api.act(self.id, "declare_interests", has_interest=False)
                await member.api.signed_act(
                    self.id, "cast_ballot", member.device, round=vote["number"],
                    choice=Choice.REFUSE if adverse else Choice.GRANT, reasons=f"As recommended. {PLAYED}",
                    manifest_digest=vote["manifest_digest"], scheme_digest=vote["scheme_digest"],
                )  # fmt: skip
        self._done("decision")

    async def _attested(self) -> dict[str, Any]:
        reading = await self._read()
        if reading["stage"] == Stage.ATTESTATION and self._cast.all_with(Role.LABEL_OFFICER):
            officer = self._cast.one(Role.LABEL_OFFICER)
            await officer.api.act(self.id, "declare_interests", has_interest=False)
            await officer.api.signed_act(self.id, "release_label", officer.device)
        until = time.monotonic() + LABEL_WITHIN
        while reading["stage"] == Stage.ATTESTATION and time.monotonic() < until:
            await asyncio.sleep(0.02)
            reading = await self._read()
        if reading["stage"] == Stage.GRANTED:
            self._done("attestation")
        return reading
