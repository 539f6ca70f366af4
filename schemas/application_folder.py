"""An application folder: `application.yaml` beside the files it names, read with every fault named by file and key.

folder = read_folder(Path("examples/digit-reader"))
assert folder.application.digest  # covers the digest of each file
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.application import Application, InconsistentError, Problem
from schemas.errors import Unacceptable

APPLICATION_FILE = "application.yaml"

# An application with every text at its maximum is smaller; PyYAML needs ten seconds for this much.
MAX_APPLICATION_BYTES = 1 << 20

_CHUNK = 1 << 20
_TIMESTAMP = "tag:yaml.org,2002:timestamp"

Where = tuple[str | int, ...]


class ApplicationFolderError(Unacceptable):
    """A folder that is no application; `problems` are lines such as `application.yaml:12: answers.Q3.score: …`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("application_folder_unreadable", "\n".join(problems))


@dataclass(frozen=True)
class FolderFile:
    """A file named as evidence.

    Attributes:
        file: its name in the application.
        path: where it is, links followed.
        digest: SHA-256 in hexadecimal.
        size: bytes.
    """

    file: str
    path: Path
    digest: str
    size: int


@dataclass(frozen=True)
class ApplicationFolder:
    """What a folder holds.

    Attributes:
        application: as written, with digest and size of each file filled in.
        files: the file of each item of evidence, in the order of the application.
        lines: line of `application.yaml` by key path.
    """

    application: Application
    files: tuple[FolderFile, ...]
    lines: Mapping[Where, int]

    def located(self, problem: Problem) -> str:
        """Return a problem with its file and line, e.g. one found by `check_against`."""
        return located_in(problem, self.lines)


def read_folder(path: Path) -> ApplicationFolder:
    """Read an application folder; contents of evidence are only digested, never held.

    Raises:
        ApplicationFolderError: naming everything that is wrong with `application.yaml`, or else with the files.
    """
    document, lines, problems = parsed(read_text(path / APPLICATION_FILE))
    application = _validated(document, problems)
    if application is None or problems:
        raise ApplicationFolderError([located_in(problem, lines) for problem in problems])
    files = _files(path, application, problems)
    if problems:
        raise ApplicationFolderError([located_in(problem, lines) for problem in problems])
    return ApplicationFolder(_filled(application, files), tuple(files), lines)


class _Loader(yaml.SafeLoader):
    """YAML in which each value is written once, and a day stays the text it is."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it open
            raise yaml.composer.ComposerError(None, None, "is an alias; write the value out", mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_text(path: Path) -> str:
    """Return the text of an `application.yaml`.

    Raises:
        ApplicationFolderError: it cannot be read, is no text in UTF-8, or far too long.
    """
    try:
        with path.open("rb") as file:
            written = file.read(MAX_APPLICATION_BYTES + 1)
        if len(written) > MAX_APPLICATION_BYTES:
            raise ApplicationFolderError([f"{APPLICATION_FILE}: is longer than {MAX_APPLICATION_BYTES} bytes"])
        return written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ApplicationFolderError([f"{APPLICATION_FILE}: is not text in UTF-8"]) from None
    except OSError as error:
        raise ApplicationFolderError([f"{APPLICATION_FILE}: cannot be read: {error.strerror}"]) from None


def parsed(text: str) -> tuple[object, dict[Where, int], list[Problem]]:
    """Return what a text in YAML says, the line of every key path, and the keys that are written twice.

    Raises:
        ApplicationFolderError: it is no YAML that we read.
    """
    lines: dict[Where, int] = {}
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise ApplicationFolderError([f"{APPLICATION_FILE}:1: holds no keys"])
        problems = list(_walk(node, (), lines))
        return loader.construct_document(node), lines, problems
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ApplicationFolderError([f"{APPLICATION_FILE}:{line}: unreadable YAML: {error.problem}"]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise ApplicationFolderError([f"{APPLICATION_FILE}: unreadable YAML: {str(error).splitlines()[0]}"]) from None
    except RecursionError:
        raise ApplicationFolderError([f"{APPLICATION_FILE}: unreadable YAML: too many levels"]) from None


def _walk(node: yaml.Node, where: Where, lines: dict[Where, int]) -> Iterator[Problem]:
    """Note the line of every key path below a node; yield the keys that are written twice."""
    children: list[tuple[str | int, int, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), key.start_mark.line + 1, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        children = [(number, value.start_mark.line + 1, value) for number, value in enumerate(node.value)]
    for name, line, value in children:
        below = (*where, name)
        if below in lines:
            yield Problem(below, f"is written twice, here and in line {line}")
            continue
        lines[below] = line
        yield from _walk(value, below, lines)


def located_in(problem: Problem, lines: Mapping[Where, int]) -> str:
    """Name file, line and key; a key that is missing has the line of what should hold it."""
    known = (problem.where[:depth] for depth in range(len(problem.where), 0, -1))
    line = next((f":{lines[where]}" for where in known if where in lines), "")
    return f"{APPLICATION_FILE}{line}: {problem}"


def _validated(document: object, problems: list[Problem]) -> Application | None:
    try:
        application = Application.model_validate(document)
    except ValidationError as error:
        problems.extend(problem for details in error.errors() for problem in worded(dict(details)))
        return None
    problems.extend(
        Problem(("evidence", number, key), "is filled in when the application is lodged; leave it out")
        for number, item in enumerate(application.evidence)
        for key in ("digest", "size")
        if getattr(item, key) is not None
    )
    return application


def worded(details: dict[str, Any]) -> Iterator[Problem]:
    """Put an error of pydantic in our words, at its key."""
    where = tuple(part for part in details["loc"] if part != "[key]")
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, InconsistentError):
        yield from (Problem((*where, *problem.where), problem.message) for problem in cause.problems)
    elif isinstance(cause, ValidationError):
        for inner in cause.errors():
            yield from worded({**inner, "loc": (*where, *inner["loc"])})
    else:
        words = {"missing": "is missing", "extra_forbidden": "is not a key of an application"}
        yield Problem(where, words.get(details["type"], details["msg"].removeprefix("Value error, ")))


def _files(folder: Path, application: Application, problems: list[Problem]) -> list[FolderFile]:
    """Return the file of each item; one that is listed under several types is read once."""
    listed: list[FolderFile] = []
    by_name: dict[str, FolderFile] = {}
    by_path: dict[Path, FolderFile] = {}
    for number, item in enumerate(application.evidence):
        where = ("evidence", number, "file")
        try:
            read = by_name.get(item.file) or _read_file(folder.resolve(), item.file)
        except ValueError as error:
            problems.append(Problem(where, str(error)))
            continue
        other = by_path.setdefault(read.path, read)
        if other.file != item.file:
            problems.append(Problem(where, f"{item.file} is the same file as {other.file}"))
        listed.append(by_name.setdefault(item.file, read))
    return listed


def _read_file(folder: Path, file: str) -> FolderFile:
    try:
        path = (folder / file).resolve(strict=True)
        if not path.is_relative_to(folder):
            raise ValueError(f"{file} leads out of the folder")
        if not path.is_file():
            raise ValueError(f"{file} is no file")
        digest, size = _digest(path)
    except FileNotFoundError:
        raise ValueError(f"{file} is not in the folder") from None
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle, until Python 3.12
        raise ValueError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'a circle of links'}") from None
    if not size:
        raise ValueError(f"{file} is empty")
    return FolderFile(file, path, digest, size)


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _filled(application: Application, files: list[FolderFile]) -> Application:
    evidence = tuple(
        item.model_copy(update={"digest": found.digest, "size": found.size})
        for item, found in zip(application.evidence, files, strict=True)
    )
    return application.model_copy(update={"evidence": evidence})
