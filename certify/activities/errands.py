"""The activity `run_errand`: one matter tells another, as an act of the engine."""

from temporalio import activity

from certify.procedure.matters import Matters
from schemas.errand import Errand, ErrandAnswer
from schemas.errors import ProcedureError, Unavailable
from workflows.activities import Errands


class Errandry(Errands):
    """Sends errands. The act's key is the errand's, so a second run finds the act taken."""

    def __init__(self, matters: Matters) -> None:
        self._matters = matters

    @activity.defn(name="run_errand")
    async def run_errand(self, errand: Errand) -> ErrandAnswer:
        """Send an act of the engine to another matter, and wait until it is recorded there."""
        try:
            await self._matters.engine_act(errand, sent_by=activity.info().workflow_id or "engine")
        except Unavailable:
            raise
        except ProcedureError as error:
            return ErrandAnswer(refused=error.code)
        return ErrandAnswer()
