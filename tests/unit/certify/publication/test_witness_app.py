"""A witness over HTTP answers what the specification says, byte for byte."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from certify.publication.witness_app import witness_app
from certify.publication.witnesses import WitnessAway, WitnessClient, WitnessRefused
from certify.vault.published import FolderFiles
from labels.log import checkpoints
from labels.log.sequencer import Sequencer
from labels.log.witness import Witness, request_body
from tests.unit.certify.publication.published import LOG_KEY, ORIGIN, POLICY, WITNESS_KEY


@pytest.fixture
def sequencer(tmp_path) -> Sequencer:
    return Sequencer(FolderFiles(tmp_path / "log"), ORIGIN, LOG_KEY)


@pytest.fixture
async def http(tmp_path) -> AsyncIterator[httpx2.AsyncClient]:
    witness = Witness(FolderFiles(tmp_path / "w"), "w.example/1", WITNESS_KEY, {ORIGIN: [LOG_KEY.public_key]})
    transport = httpx2.ASGITransport(app=witness_app(lambda: witness))
    async with httpx2.AsyncClient(transport=transport) as client:
        yield client


async def test_a_log_has_its_checkpoints_cosigned(http: httpx2.AsyncClient, sequencer: Sequencer) -> None:
    client = WitnessClient("http://w/", http)
    note = sequencer.append([b"one"])
    line = await client.add_checkpoint(0, (), note)
    assert checkpoints.witnessed(str(checkpoints.cosigned(note, line, POLICY)), POLICY).checkpoint.size == 1


async def test_a_log_that_asks_from_another_size_is_told_the_size(
    http: httpx2.AsyncClient, sequencer: Sequencer
) -> None:
    await WitnessClient("http://w", http).add_checkpoint(0, (), sequencer.append([b"one", b"two"]))
    answer = await http.post("http://w/add-checkpoint", content=request_body(0, (), sequencer.append([b"three"])))
    assert (answer.status_code, answer.text) == (409, "2\n")
    assert answer.headers["content-type"].startswith("text/x.tlog.size")
    with pytest.raises(WitnessRefused) as refusal:
        await WitnessClient("http://w", http).add_checkpoint(0, (), sequencer.append([b"four"]))
    assert refusal.value.size == 2


@pytest.mark.parametrize(("content", "status"), [(b"", 400), (b"x" * 100_000, 400), (b"old 0\n\nno note", 400)])
async def test_anything_else_is_refused(http: httpx2.AsyncClient, content: bytes, status: int) -> None:
    assert (await http.post("http://w/add-checkpoint", content=content)).status_code == status
    assert (await http.get("http://w/add-checkpoint")).status_code == 405
    assert (await http.get("http://w/")).status_code == 404


async def test_a_witness_that_does_not_answer_is_away(sequencer: Sequencer) -> None:
    async with httpx2.AsyncClient() as client:
        with pytest.raises(WitnessAway):
            await WitnessClient("http://127.0.0.1:9", client).add_checkpoint(0, (), sequencer.append([b"one"]))
