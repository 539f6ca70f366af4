"""I12, G7: what people confide is in the vault and nowhere else, whatever form it could take."""

import shutil
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

from certify.programs import administration, demo_case
from certify.programs.demo_case import DemoCase
from certify.register import people as register
from certify.register.database import Database
from schemas.application import Application
from schemas.application_folder import ApplicationFolder, read_folder
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme
from tests.canaries import Canary, beyond, hits
from tests.programs import EXAMPLE, Players, Tree

pytestmark = pytest.mark.slow

DATABASE = r"data/certify\.db(-wal|-shm)?"
LAWFUL = {
    # Who the organisation is, is public: it stands in the Register and on the label, so also in what was signed.
    "organisation": rf"{DATABASE}|data/published/.*|data/signer/sign-log\.jsonl",
    # What a system is for stands on the label's page, once there is a label; of a refused one nobody is told.
    "purpose_of_granted": rf"{DATABASE}|data/published/.*",
    "deployment_of_granted": rf"{DATABASE}|data/published/.*",
    "laws_of_granted": rf"{DATABASE}|data/published/.*",
    # How people are called and reached who sign in: sign-in finds them by it, in a table of accounts.
    # The form that was not accepted shows an address again to the one who typed it.
    "mail": rf"{DATABASE}|answers/0\.txt",
    "name": DATABASE,
    # The tracking code is the complaint's id in the record, and so what its sealed texts and their keys lie under.
    "tracking_code": rf"{DATABASE}|data/evidence/case/complaint-\w+/\w+|data/vault/keys\.db(-wal|-shm)?",
    # The key files of this machine, for their owner only.
    "passphrase": r"data/keys/passphrase|data/witness/passphrase",
}
"""Where a canary may be found; a canary that is not named here may be nowhere."""
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Confided:
    """What was planted in one installation, by HTTP, and where it answered."""

    tree: Tree
    temporary: Path
    answers: Path
    canaries: dict[str, Canary] = field(default_factory=dict)

    def new(self, name: str) -> str:
        """Make a canary to plant."""
        self.canaries[name] = Canary.new(name)
        return self.canaries[name].text

    def known(self, name: str, text: str) -> None:
        """Look for a secret that the programs made themselves."""
        assert len(text) >= 12
        self.canaries[name] = Canary(name, text)

    def heard(self, response: httpx2.Response) -> httpx2.Response:
        """Keep an answer that tells of an error, to be searched as well."""
        if response.is_error:
            (self.answers / f"{len(list(self.answers.iterdir()))}.txt").write_bytes(response.content)
        return response

    @property
    def everything(self) -> tuple[Path, ...]:
        """Every file the programs left: the data folder, what they said, what they put aside, their errors."""
        return (self.tree.data, self.tree.data.with_name("data.log"), self.temporary, self.answers)


@pytest.fixture(scope="module")
def confided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Confided]:
    place = tmp_path_factory.mktemp("canaries")
    temporary, answers = place / "tmp", place / "answers"
    temporary.mkdir()
    answers.mkdir()
    with Tree(place / "data", TMPDIR=str(temporary)) as tree:
        yield Confided(tree, temporary, answers)


@pytest.fixture(scope="module")
async def played(confided: Confided, tmp_path_factory: pytest.TempPathFactory) -> Confided:
    folder = _folder(confided, tmp_path_factory.mktemp("application") / "folder")
    people = await Players.admitted(confided.tree.settings, folder)
    confided.known("token", people.one(Role.APPLICANT).api._http.headers["authorization"].removeprefix("Bearer "))
    await _signs_in(confided)
    await _begins(confided, people.one(Role.APPLICANT).id)
    await _sends_what_is_refused(confided, people)
    for refuse, reference in ((True, "refused-1"), (False, "granted-1")):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(demo_case, "PLAYED", confided.new(f"texts_of_{reference[:7]}"))
            application = _confiding(confided, folder, reference)
            one = ApplicationFolder(application, folder.files, folder.lines)
            reading = await DemoCase(people, one, load_scheme(BUILT_IN).rules, refuse=refuse).play()  # type: ignore[arg-type]  # people
            assert reading["stage"] == ("refused" if refuse else "granted")
    await _complains(confided)
    await people.close()
    assert confided.tree.settings.keys_passphrase_file is not None
    confided.known("passphrase", confided.tree.settings.keys_passphrase_file.read_text().strip())
    return confided


def _folder(confided: Confided, to: Path) -> ApplicationFolder:
    shutil.copytree(EXAMPLE, to)
    name = f"{confided.new('file_name')}.csv"
    (to / "legal-register.csv").rename(to / name)
    with (to / name).open("a") as file:
        file.write(f"{confided.new('evidence')},,,\n")
    written = (to / "application.yaml").read_text().replace("legal-register.csv", name)
    written = written.replace("Lantern Board Games Club", confided.new("organisation"))
    (to / "application.yaml").write_text(written)
    return read_folder(to)


async def _signs_in(confided: Confided) -> None:
    """Somebody takes an invitation up, mistypes their password, and signs in."""
    settings, mail, password = confided.tree.settings, confided.new("mail"), confided.new("password")
    _, link = await administration.invite_person(
        settings, name="Irina", email=None, roles=[Role.AUDITOR], organisation=None, areas=()
    )
    token = link.rpartition("/")[2]
    confided.known("invitation", token)
    async with httpx2.AsyncClient(base_url=confided.tree.address, headers=SAME_SITE) as browser:
        form = {"token": token, "password": password, "name": "Irina", "mail": f"{mail}@example.org"}
        assert confided.heard(await browser.post("/sign-in/link", data=form)).status_code == 303
        confided.known("cookie", browser.cookies["session"])
        assert (await browser.get("/work")).status_code < 400
        wrong = {"mail": f"{mail}@example.org", "password": confided.new("wrong_password")}
        assert confided.heard(await browser.post("/sign-in", data=wrong)).status_code == 401
        again = {"mail": f"{mail}@example.org", "password": password}
        assert (await browser.post("/sign-in", data=again)).status_code == 303
        confided.known("second_cookie", browser.cookies["session"])


def _confiding(confided: Confided, folder: ApplicationFolder, reference: str) -> Application:
    """An application that says in each of its fields what is said nowhere else."""
    which = reference.partition("-")[0]
    system = folder.application.system.model_copy(
        update={name: confided.new(f"{name}_of_{which}") for name in ("purpose", "deployment")}
    )
    gates = {**folder.application.gates, "G5": confided.new(f"laws_of_{which}")}
    agreement = folder.application.agreement.model_copy(update={"signed_by": confided.new(f"signed_by_of_{which}")})
    reasons = {name: confided.new(f"reason_of_{which}") for name in folder.application.not_applicable}
    changes = {"system": system, "gates": gates, "agreement": agreement, "not_applicable": reasons}
    return folder.application.model_copy(update={"reference": reference, **changes})


async def _begins(confided: Confided, applicant: str) -> None:
    """Somebody of the applicant begins an application and leaves it there, and sets up a generator of codes."""
    async with Database(confided.tree.settings.database_url).reading() as session:
        facts = await register.find(session, applicant)
    assert facts is not None
    _, link = await administration.invite_person(
        confided.tree.settings, name=confided.new("name"), email=None, roles=[Role.APPLICANT],
        organisation=facts.organisation, areas=(),
    )  # fmt: skip
    token, password = link.rpartition("/")[2], confided.new("applicants_password")
    async with httpx2.AsyncClient(base_url=confided.tree.address, headers=SAME_SITE) as browser:
        mail = f"{confided.new('name')}@example.org"
        form = {"token": token, "password": password, "name": confided.canaries["name"].text, "mail": mail}
        assert (await browser.post("/sign-in/link", data=form)).status_code == 303
        begun = await browser.post("/applicant/drafts", data={"reference": "begun-1"})
        assert begun.headers["location"] == "/applicant/drafts/begun-1", begun.text
        system = {"name": confided.new("draft_name"), "purpose": confided.new("draft_purpose")}
        assert (await browser.post("/applicant/drafts/begun-1/system", data=system)).status_code == 303
        page = (await browser.post("/account/generator/new")).text
        shown = page.partition('<code class="certify-digest">')[2].partition("</code>")[0]
        secret = "".join(shown.split())
        confided.known("generator", secret)
        confided.known("generator_as_bytes", b32decode(secret).hex())


async def _sends_what_is_refused(confided: Confided, people: Players) -> None:
    """Errors repeat nothing of what was sent: malformed acts, unknown cases, tokens that are none."""
    text, http = confided.new("refused_text"), people.one(Role.SECRETARIAT).api._http
    for body in ({"reasons": text}, {"reasons": {"text": text}}, [text]):
        confided.heard(await http.post("/api/applications/no-such-case/decline-application", json=body))
    confided.heard(await http.post("/api/applications", content=f'{{"scheme": "{text}'.encode()))
    confided.heard(await http.get(f"/api/applications/{text}"))
    headers = {"Authorization": f"Bearer vcl_{confided.new('wrong_token')}"}
    async with httpx2.AsyncClient(base_url=confided.tree.address, headers=headers) as stranger:
        confided.heard(await stranger.get("/api/me"))
        confided.heard(await stranger.post("/api/applications", json={}))


async def _complains(confided: Confided) -> None:
    form = {"about": "body", "text": confided.new("complaint"), "contact": confided.new("contact")}
    async with httpx2.AsyncClient(base_url=confided.tree.address, headers=SAME_SITE) as browser:
        page = await browser.get("/report")
        secret = page.text.partition('name="secret" value="')[2].partition('"')[0]
        if secret:
            confided.known("complaint_secret", secret)
        sent = await browser.post("/report", data={**form, "secret": secret})
        assert sent.status_code == 303, sent.text
        confided.known("tracking_code", sent.headers["location"].partition("?")[0].rpartition("/")[2])


async def test_nothing_that_was_confided_lies_where_it_should_not(played: Confided) -> None:
    played.tree.kill()  # as after a loss of power: the databases' logs are still there

    found = hits(played.canaries.values(), *played.everything)

    unlawful = beyond(found, LAWFUL)
    assert not unlawful, "\n".join(map(str, unlawful))
    # Not because nothing was planted: what is public and what the record names were found.
    assert {hit.canary for hit in found} >= {"organisation", "purpose_of_granted", "mail", "passphrase"}
    assert (played.tree.data / "temporal.db").stat().st_size > 100_000
    assert list(played.answers.iterdir())


async def test_unsealed_temporal_would_have_shown_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search above finds what there is to find: without the seal the same case lies open in both databases."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("CERTIFY_SEAL_PAYLOADS", "false")
    with Tree(tmp_path / "data", CERTIFY_SEAL_PAYLOADS="false") as tree:
        open_one = Confided(tree, tmp_path / "tmp", tmp_path / "tmp")
        folder = _folder(open_one, tmp_path / "folder")
        people = await Players.admitted(tree.settings, folder)
        await people.one(Role.APPLICANT).api.lodge(folder.application)
        await people.close()
        tree.kill()

    files = {hit.file for hit in hits([open_one.canaries["file_name"]], tree.data)}
    assert {file for file in files if file.startswith("data/temporal.db")}
    assert {file for file in files if file.startswith("data/certify.db")}
