"""YAML with a line for every key: what the loader of schemes reads, and where it stood.

A small, plain YAML: text, whole numbers, true, false, null, lists and mappings. `yes`, `no`, `on` and dates
stay texts (YAML 1.1 would turn the Norwegian `no` into false); a key stated twice and an alias are refused.
Read from the parser's events, because they are all that keeps the lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import yaml
from pydantic import JsonValue

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20

# libyaml where the wheel has it: five times as fast, and its events are the same.
_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Final[dict[str, JsonValue]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_WHOLE_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")

Where = tuple[str | int, ...]
"""Path of a value: keys of mappings and positions in lists, from the top."""


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One thing wrong with a scheme, and where."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class UnreadableError(Exception):
    """A file that cannot be read on from a line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class Document:
    """What the files of a folder say together: values, the line of each, and problems met on the way."""

    values: dict[str, JsonValue] = field(default_factory=dict)
    lines: dict[Where, tuple[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem_at(self, where: Where, message: str) -> Problem:
        """Return a problem at a path, or at the nearest path above it that stands in a file."""
        path = where
        while path not in self.lines:
            path = path[:-1]
        return Problem(*self.lines[path], message)


class _FileReader:
    """Reads the events of one file into a document."""

    def __init__(self, file: str, text: str, document: Document) -> None:
        self.file = file
        self.document = document
        self.events = yaml.parse(text, Loader=_PARSER)

    def read(self) -> None:
        begins = [next(self.events, None) for _ in range(3)]
        if not isinstance(begins[-1], yaml.MappingStartEvent):
            raise UnreadableError(1, "a scheme file is a mapping of keys")
        self.document.lines.setdefault((), (self.file, 1))
        for key, line in self.keys():
            self.section(key, line)
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise UnreadableError(_line(event), "one file holds one document")

    def section(self, key: str, line: int) -> None:
        """Read a top-level key; a list may go on in the next file, anything else stands in one."""
        stated = self.document.values.get(key)
        event = next(self.events)
        if key not in self.document.values:
            self.document.lines[(key,)] = (self.file, line)
            self.document.values[key] = self.value(event, (key,))
        elif isinstance(stated, list) and isinstance(event, yaml.SequenceStartEvent):
            stated.extend(self.items((key,), first=len(stated)))
        else:
            self.refuse(line, f"key {key!r} stands in another file too")
            self.value(event, (key,))

    def value(self, event: yaml.Event, where: Where) -> JsonValue:
        self.document.lines.setdefault(where, (self.file, _line(event)))
        if len(where) > MAX_DEPTH:
            raise UnreadableError(_line(event), "nested too deeply")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.items(where, first=0)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event)
        self.refuse(_line(event), "aliases are not part of a scheme's YAML")
        return None

    def mapping(self, where: Where) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        for key, line in self.keys():
            self.document.lines[(*where, key)] = (self.file, line)
            found[key] = self.value(next(self.events), (*where, key))
        return found

    def keys(self) -> Iterator[tuple[str, int]]:
        """Yield the keys of the mapping that has begun; whoever asks reads the value before the next key."""
        first: dict[str, int] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                return
            if not isinstance(event, yaml.ScalarEvent):
                raise UnreadableError(_line(event), "a key is a plain text")
            if event.value in first:
                self.refuse(_line(event), f"key {event.value!r} stands twice, first in line {first[event.value]}")
                self.value(next(self.events), ("", event.value))
            else:
                first[event.value] = _line(event)
                yield event.value, _line(event)

    def items(self, where: Where, first: int) -> list[JsonValue]:
        found: list[JsonValue] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            found.append(self.value(event, (*where, first + len(found))))
        return found

    def scalar(self, event: yaml.ScalarEvent) -> JsonValue:
        text = str(event.value)
        if event.tag is not None:
            self.refuse(_line(event), f"tag {event.tag} is not part of a scheme's YAML")
        if not event.implicit[0] or event.style:
            return text
        return int(text) if _WHOLE_NUMBER.fullmatch(text) else _WORDS.get(text, text)

    def refuse(self, line: int, message: str) -> None:
        self.document.problems.append(Problem(self.file, line, message))


def read_folder(folder: Path) -> Document:
    """Read every `*.yaml` file of a folder, in the order of their names; whatever is wrong becomes a problem."""
    document = Document()
    files = sorted(folder.glob("*.yaml"))
    if not files:
        document.problems.append(Problem(str(folder), 1, "no *.yaml file here"))
    for file in files:
        try:
            _read_file(file, document)
        except UnreadableError as wrong:
            document.problems.append(Problem(str(file), wrong.line, str(wrong)))
        except yaml.MarkedYAMLError as wrong:
            line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
            document.problems.append(Problem(str(file), line, f"not YAML: {wrong.problem}"))
        except yaml.YAMLError as wrong:
            document.problems.append(Problem(str(file), 1, f"not YAML: {str(wrong).splitlines()[0]}"))
    return document


def _read_file(file: Path, document: Document) -> None:
    content = file.read_bytes()
    if len(content) > MAX_BYTES:
        raise UnreadableError(1, f"larger than {MAX_BYTES} bytes")
    try:
        text = content.decode()
    except UnicodeDecodeError as wrong:
        raise UnreadableError(content.count(b"\n", 0, wrong.start) + 1, "not UTF-8") from None
    _FileReader(str(file), text, document).read()


def _line(event: yaml.Event) -> int:
    """Return the line of an event, from 1."""
    return event.start_mark.line + 1 if event.start_mark else 1
