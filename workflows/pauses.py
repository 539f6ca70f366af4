"""Pauses before something is asked for again that was answered by no answer to it.

Temporal tries again what failed, and waits longer each time; an answer that says nothing, or is to something else, has
succeeded for it. Whoever gives such answers is not to be asked as fast as they come.
"""

from typing import Final

from temporalio import workflow

from workflows import options

ASKED_AFTER_A_PAUSE: Final = "asked-again-after-a-pause"
"""Runs that met what was no answer before this patch asked again at once."""


class Pauses:
    """Pauses of one kind of question: each is twice as long as the one before, up to a limit."""

    def __init__(self) -> None:
        self._next = options.ASK_AGAIN_AFTER

    async def after(self, *, is_answer: bool) -> None:
        """Wait before asking again; after an answer not at all, and the shortest pause comes first again."""
        if is_answer:
            self._next = options.ASK_AGAIN_AFTER
        elif workflow.patched(ASKED_AFTER_A_PAUSE):
            pause, self._next = self._next, min(self._next * 2, options.ASK_AGAIN_AFTER_AT_MOST)
            await workflow.sleep(pause)
