from dataclasses import replace
from datetime import UTC, datetime

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import ActivitySerializationContext, WorkflowSerializationContext

from certify.procedure.sealing import ENCODING, Ring, Sealing, UnsealedError
from certify.procedure.workflow_ids import WorkflowIds, subject_of
from certify.vault.payload_keys import PayloadKeys
from schemas.errors import NotFound
from tests.sealing import INSTALLATION, FakeCaseKeys
from workflows import options

NAME = "certification/0b3c"
ID = WorkflowIds(INSTALLATION.naming).hidden(NAME)
SEALED_BEFORE = bytes.fromhex(
    "fbb8354f69ed0a05c8bacb2eda632ff575b0c453ba866753c09d6a979169a5e1d2ead16ff73763993beec7d67a25ff137f520aaf083bee4e"
    "b41c68c9dde8d9567e0347f690d92854f9bda50bc3e977"
)
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"what the reviewer wrote"')


def codec(keys: FakeCaseKeys | None = None, installation: PayloadKeys = INSTALLATION) -> Sealing:
    return Sealing(Ring(installation, keys if keys is not None else FakeCaseKeys()))


def of_workflow(sealing: Sealing, workflow: str = ID) -> Sealing:
    return sealing.with_context(WorkflowSerializationContext(namespace="default", workflow_id=workflow))


def of_activity(sealing: Sealing, queue: str, kind: str = "record", workflow: str | None = ID) -> Sealing:
    return sealing.with_context(
        ActivitySerializationContext(
            namespace="default",
            activity_id="1",
            activity_type=kind,
            activity_task_queue=queue,
            workflow_id=workflow,
            workflow_type="Certification",
            is_local=False,
        )
    )


async def test_a_payload_comes_back_as_it_was_and_shows_nothing_between() -> None:
    sealing = of_workflow(codec())

    (sealed,) = await sealing.encode([PLAIN])

    assert sealed.metadata["encoding"] == ENCODING
    assert b"reviewer" not in sealed.SerializeToString()
    assert b"json" not in sealed.SerializeToString()
    assert NAME.encode() not in sealed.SerializeToString()
    assert await sealing.decode([sealed]) == [PLAIN]


async def test_the_same_payload_is_never_sealed_alike() -> None:
    sealing = of_workflow(codec())
    one, other = await sealing.encode([PLAIN, PLAIN])
    assert one.data != other.data


async def test_each_case_has_its_own_key() -> None:
    keys = FakeCaseKeys()
    sealing = codec(keys)
    (one,) = await of_workflow(sealing).encode([PLAIN])
    (other,) = await of_workflow(sealing, sealing.ring.ids.hidden("complaint/7Q")).encode([PLAIN])

    assert keys.made.keys() == {"0b3c", "complaint-7Q"}
    assert one.metadata["key"] != other.metadata["key"]


async def test_what_goes_to_the_signer_opens_without_the_key_of_any_case() -> None:
    keys = FakeCaseKeys()
    (order,) = await of_activity(codec(keys), options.SIGNING_QUEUE).encode([PLAIN])
    (by_type,) = await of_activity(codec(keys), "", "sign_extract").encode([PLAIN])
    signer = Sealing(Ring(INSTALLATION, None))

    assert keys.made == {}
    for sealed, kind in ((order, "record"), (by_type, "sign_extract")):
        assert await of_activity(signer, options.SIGNING_QUEUE, kind).decode([sealed]) == [PLAIN]


async def test_the_signer_cannot_open_what_is_of_a_case() -> None:
    (sealed,) = await of_activity(codec(), options.QUEUE).encode([PLAIN])

    with pytest.raises(UnsealedError):
        await of_activity(Sealing(Ring(INSTALLATION, None)), options.QUEUE).decode([sealed])


async def test_what_the_signer_answers_opens_in_the_case() -> None:
    (answer,) = await of_activity(Sealing(Ring(INSTALLATION, None)), options.SIGNING_QUEUE).encode([PLAIN])

    assert await of_activity(codec(), options.SIGNING_QUEUE).decode([answer]) == [PLAIN]


async def test_a_payload_of_one_workflow_is_not_taken_in_another() -> None:
    sealing = codec()
    (sealed,) = await of_workflow(sealing).encode([PLAIN])

    with pytest.raises(UnsealedError):
        await of_workflow(sealing, "certification/other").decode([sealed])
    moved = Payload(metadata={**sealed.metadata, "workflow": b"certification/other"}, data=sealed.data)
    with pytest.raises(UnsealedError):
        await of_workflow(sealing, "certification/other").decode([moved])


async def test_what_is_for_one_thing_is_not_taken_for_another() -> None:
    """The number that answers a query is not the number that the activity `record` answers."""
    sealing = codec()
    places = [
        of_workflow(sealing),
        of_activity(sealing, options.QUEUE),
        of_activity(sealing, options.QUEUE, "run_errand"),
    ]
    for place in places:
        (sealed,) = await place.encode([PLAIN])
        assert await place.decode([sealed]) == [PLAIN]
        renamed = [{**sealed.metadata, "for": other.purpose.encode()} for other in places if other.purpose]
        unnamed = {name: value for name, value in sealed.metadata.items() if name != "for"}
        for other in places:
            for metadata in [dict(sealed.metadata), unnamed, *renamed]:
                if other is place and metadata == sealed.metadata:
                    continue
                with pytest.raises(UnsealedError):
                    await other.decode([Payload(metadata=metadata, data=sealed.data)])


@pytest.mark.parametrize("purpose", ["workflow", "activity/record"])
async def test_no_id_of_a_workflow_reads_as_another_id_with_a_purpose(purpose: str) -> None:
    """Whoever reaches Temporal starts workflows under any id, with what lies in a history."""
    sealing = codec()
    place = of_workflow(sealing) if purpose == "workflow" else of_activity(sealing, options.QUEUE)
    (sealed,) = await place.encode([PLAIN])
    other = f"{ID}\n{purpose}"
    metadata = {"encoding": ENCODING, "key": sealed.metadata["key"], "workflow": other.encode()}
    for moved in (metadata, {**metadata, "for": b"workflow"}, {**metadata, "for": b"activity/record"}):
        for there in (of_workflow(sealing, other), of_activity(sealing, options.QUEUE, workflow=other)):
            with pytest.raises(UnsealedError):
                await there.decode([Payload(metadata=moved, data=sealed.data)])


async def test_what_was_sealed_before_it_was_for_anything_opens_in_its_workflow() -> None:
    """Histories of before replay; as kept by the version before."""
    sealing = codec(FakeCaseKeys())
    kept = Payload(metadata={"encoding": ENCODING, "key": b"first", "workflow": ID.encode()}, data=SEALED_BEFORE)
    for place in (of_workflow(sealing), of_activity(sealing, options.SIGNING_QUEUE)):
        assert await place.decode([kept]) == [PLAIN]


@pytest.mark.parametrize("workflow", [None, ""])
@pytest.mark.parametrize(
    ("queue", "kind"),
    [(options.QUEUE, "record"), (options.QUEUE, "run_errand"), (options.SIGNING_QUEUE, "issue_label")],
)
async def test_an_activity_that_no_workflow_ordered_takes_nothing(queue: str, kind: str, workflow: str | None) -> None:
    """Temporal starts activities by themselves too, with what lies in any history."""
    sealing = codec()
    (sealed,) = await of_activity(sealing, queue, kind).encode([PLAIN])
    by_itself = of_activity(sealing, queue, kind, workflow)

    for payload in (sealed, PLAIN, *await by_itself.encode([PLAIN])):
        with pytest.raises(UnsealedError):
            await by_itself.decode([payload])


@pytest.mark.parametrize("place", [0, 11, 12, 40, -1])
async def test_an_altered_payload_is_not_taken(place: int) -> None:
    sealing = of_workflow(codec())
    (sealed,) = await sealing.encode([PLAIN])
    data = bytearray(sealed.data)
    data[place] ^= 1

    with pytest.raises(UnsealedError):
        await sealing.decode([Payload(metadata=dict(sealed.metadata), data=bytes(data))])


async def test_what_says_it_is_sealed_and_names_no_key_is_not_taken() -> None:
    with pytest.raises(NotFound, match="no such key"):
        await of_workflow(codec(), "").decode([Payload(metadata={"encoding": ENCODING}, data=b"x" * 40)])


async def test_unsealed_payloads_are_taken_only_where_they_were_before() -> None:
    assert await of_workflow(codec(), NAME).decode([PLAIN]) == [PLAIN]
    with pytest.raises(UnsealedError):
        await of_workflow(codec()).decode([PLAIN])


@pytest.mark.parametrize("scope", [NAME, "erasure/forged", ""])
async def test_once_no_earlier_workflow_runs_nothing_unsealed_is_taken_under_any_id(scope: str) -> None:
    keys = replace(INSTALLATION, workflows_sealed_since=datetime(2026, 11, 27, tzinfo=UTC))
    with pytest.raises(UnsealedError):
        await of_workflow(codec(installation=keys), scope).decode([PLAIN])
    off = Sealing(Ring(keys, FakeCaseKeys(), seals=False))
    assert await of_workflow(off, scope).decode([PLAIN]) == [PLAIN], "programs of before run beside this one"


async def test_where_sealing_was_switched_off_what_was_begun_hidden_is_sealed_on() -> None:
    off = Sealing(Ring(INSTALLATION, FakeCaseKeys(), seals=False))
    (of_hidden,) = await of_workflow(off).encode([PLAIN])
    (of_named,) = await of_workflow(off, NAME).encode([PLAIN])

    assert of_hidden.metadata["encoding"] == ENCODING
    assert of_named == PLAIN


async def test_what_an_older_key_sealed_opens_after_a_rotation() -> None:
    (sealed,) = await of_workflow(codec(), "plain").encode([PLAIN])
    rotated = INSTALLATION.rotated()
    after = of_workflow(codec(installation=rotated), "plain")

    assert await after.decode([sealed]) == [PLAIN]
    (again,) = await after.encode([PLAIN])
    assert again.metadata["key"] == rotated.current.encode()
    assert after.ring.ids.hidden(NAME) == ID


async def test_the_key_of_a_case_destroyed_its_payloads_stay_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = FakeCaseKeys()
    (sealed,) = await of_workflow(codec(keys)).encode([PLAIN])
    keys.destroyed.add("0b3c")

    with pytest.raises(NotFound):
        await of_workflow(codec(keys)).decode([sealed])
    with pytest.raises(NotFound, match="destroyed"):
        await of_workflow(codec(keys)).encode([PLAIN])


async def test_a_program_forgets_a_key_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, now = FakeCaseKeys(), 1000.0
    monkeypatch.setattr("certify.procedure.sealing.monotonic", lambda: now)
    sealing = of_workflow(codec(keys))
    (sealed,) = await sealing.encode([PLAIN])
    await sealing.decode([sealed])
    keys.destroyed.add("0b3c")
    assert await sealing.decode([sealed]) == [PLAIN]

    now += 61
    with pytest.raises(NotFound):
        await sealing.decode([sealed])


def test_an_id_is_the_same_each_time_and_another_for_another_installation() -> None:
    ids = WorkflowIds(INSTALLATION.naming)

    assert ids.hidden(NAME) == ID
    assert ids.name(ID) == NAME
    assert WorkflowIds(b"m" * 64).hidden(NAME) != ID
    assert not WorkflowIds(b"m" * 64).is_hidden(ID)


def test_an_id_tells_nothing_of_its_name_and_is_short_enough() -> None:
    longest = f"certification/{'x' * 64}"
    hidden = WorkflowIds(INSTALLATION.naming).hidden(longest)

    assert "0b3c" not in ID
    assert len(hidden) < 200


@pytest.mark.parametrize(
    "other",
    ["certification/0b3c", "w.", "w.!!", "w.AAAA", "plain", f"{ID}A", ID[:-4], f"{ID}\n", f"{ID}=", f"w.\n{ID[2:]}"],
)
def test_what_was_not_made_here_is_a_name(other: str) -> None:
    ids = WorkflowIds(INSTALLATION.naming)
    assert not ids.is_hidden(other)
    assert ids.name(other) == other


@pytest.mark.parametrize(
    ("name", "subject"),
    [("certification/a1", "a1"), ("organisation/b2", "organisation-b2"), ("scheme/ff", None), ("nothing", None)],
)
def test_the_key_of_a_workflow_is_the_vaults_of_its_case_or_matter(name: str, subject: str | None) -> None:
    assert subject_of(name) == subject


def test_no_key_is_shown_where_an_object_is_printed() -> None:
    shown = repr(INSTALLATION) + repr(codec().ring) + repr(of_workflow(codec()))
    assert "nnn" not in shown
    assert "kkk" not in shown
