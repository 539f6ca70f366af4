"""The status lists of a mirror against what the log says of every label."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from labels.key_set import KeySet, Use
from labels.mirror.folder import STATUS_INDEX, MirrorFolder
from labels.mirror.history import LoggedLabel
from labels.mirror.report import Difference
from labels.status import SHARD, TTL, StatusList, signed_by
from schemas.errors import CouldNotCheck

_LIST = re.compile(r"(https?://[^/]+(?:/[^/]+)*)/s/(0|[1-9][0-9]{0,4})")


@dataclass(frozen=True)
class Lists:
    """The lists of a mirror that hold, by shard, and what is wrong with the others."""

    held: Mapping[int, StatusList]
    false: tuple[Difference, ...] = ()


def list_file(shard: int) -> str:
    """Return where the list of a shard lies."""
    return f"s/{shard}"


def read_lists(
    files: MirrorFolder, keys: KeySet, public_url: str, shards: set[int], *, at: datetime, seen_at: datetime
) -> Lists:
    """Read the lists of the shards that are needed, and of those that the index names.

    Codes: `list_missing`, as `labels.status.signed_by`, `list_stale`, `list_before_log`: it was signed so long
    before the log was witnessed that it may lack steps; `list_index_differs`.

    Args:
        files: the mirror.
        keys: of the register.
        public_url: address of the register, which the lists carry.
        shards: that labels of the log stand in.
        at: moment the lists are to be good for.
        seen_at: when witnesses saw the log.
    """
    held: dict[int, StatusList] = {}
    false: list[Difference] = []
    trusted = keys.uncompromised(Use.STATUS)
    found_in = register_in(files.read(STATUS_INDEX) or b"")
    listed = found_in[1] if found_in is not None and found_in[0] == public_url else set()
    if not shards <= listed:
        false.append(Difference(STATUS_INDEX, "does not name the status lists of this register", "list_index_differs"))
    for shard in sorted(shards | listed):
        content = files.read(list_file(shard))
        if content is None:
            false.append(Difference(list_file(shard), "is missing", "list_missing"))
            continue
        try:
            found = signed_by(content, trusted, address=f"{public_url}/{list_file(shard)}")
        except CouldNotCheck as error:
            false.append(Difference.of(list_file(shard), error))
            continue
        held[shard] = found
        if not found.is_good_at(at):
            false.append(Difference(list_file(shard), f"tells nothing of {at:%Y-%m-%d %H:%M} UTC", "list_stale"))
        if found.issued_at < seen_at - TTL:
            false.append(Difference(list_file(shard), "was signed long before this log was seen", "list_before_log"))
    return Lists(held, tuple(false))


def status_differences(lists: Lists, label: LoggedLabel, status_index: int) -> Iterator[Difference]:
    """Yield `status_differs` where a list tells another standing of a label than the log."""
    found = lists.held.get(status_index // SHARD)
    if found is not None and found.value_of(status_index) not in label.values_at(found.issued_at):
        what = f"the status list tells another standing than {label.standing.value}, the log's"
        yield Difference(f"label {label.issue.label}", what, "status_differs")


def register_in(index: bytes) -> tuple[str, set[int]] | None:
    """Return the address of the register and its shards, as the index of lists names them.

    None where it names none, or lists of two registers (IETF Token Status List, Status List Aggregation).
    """
    try:
        places = [_LIST.fullmatch(address) for address in json.loads(index)["status_lists"]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    known = [(found[1], int(found[2])) for found in places if found is not None]
    urls = {url for url, _ in known}
    return (urls.pop(), {shard for _, shard in known}) if len(urls) == 1 and len(known) == len(places) else None
