"""What a monitor remembers is the old checkpoint or the new one, whenever it is killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from labels.log.notes import parse
from labels.monitor.memory import CHECKPOINT, Memory
from schemas.errors import CouldNotCheck
from tests.unit.labels.monitor.conftest import Visited

SOURCE = Path(__file__).parents[4]
KILLED = 9
DYING = f"""
import os, sys
from pathlib import Path
from labels.log.notes import parse
from labels.monitor.memory import Memory
folder, left = sys.argv[1], int(sys.argv[2])
note = parse(sys.stdin.buffer.read())
def dies(event, arguments):
    global left
    if event in ("open", "os.rename", "os.listdir", "os.scandir", "os.remove") and folder in str(arguments[0]):
        left -= 1
        if left < 0:
            os._exit({KILLED})
sys.addaudithook(dies)
Memory(Path(folder)).remember(note)
"""
"""Remembers a checkpoint, and dies before the n-th time that it touches the folder."""


def remembered(folder: Path, note: bytes, *, dies_before: int) -> int:
    arguments = [sys.executable, "-c", DYING, str(folder), str(dies_before)]
    return subprocess.run(arguments, input=note, cwd=SOURCE, check=False, timeout=60).returncode


def test_whoever_is_killed_while_it_remembers_leaves_the_old_checkpoint_or_the_new(visited: Visited) -> None:
    visited.observe()
    older = (visited.folder / CHECKPOINT).read_bytes()
    visited.made.say()
    visited.publishes()
    newer = visited.server.files["log/checkpoint"]
    seen, moment = [], 0
    while remembered(visited.folder, newer, dies_before=moment) == KILLED:
        content = (visited.folder / CHECKPOINT).read_bytes()
        assert content in {older, newer}
        seen.append(content)
        Memory(visited.folder).checkpoint()
        (visited.folder / CHECKPOINT).write_bytes(older)
        moment += 1

    assert moment >= 4
    assert older in seen
    assert (visited.folder / CHECKPOINT).read_bytes() == newer
    assert [one.name for one in visited.folder.iterdir()] == [CHECKPOINT]


def test_a_folder_that_cannot_be_written_is_told(visited: Visited, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    memory = Memory(tmp_path / "file" / "seen")

    with pytest.raises(CouldNotCheck) as refused:
        memory.remember(parse(visited.server.files["log/checkpoint"]))
    assert refused.value.code in {"memory_unreadable", "memory_unwritable"}
