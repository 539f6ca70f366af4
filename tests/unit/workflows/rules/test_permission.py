"""A permission answers as often as it is asked, and keeps nothing of who asked before."""

import traceback

from schemas.errors import NotPermitted
from workflows.rules.permission import Permission


def test_a_refusal_made_once_for_all_keeps_no_frames_of_those_it_refused_before() -> None:
    once_for_all = Permission(NotPermitted("role_missing", "Not for you."))
    lengths = []
    for _ in range(3):
        try:
            once_for_all.require()
        except NotPermitted as error:
            lengths.append(len(list(traceback.walk_tb(error.__traceback__))))
    assert lengths == [2, 2, 2]
