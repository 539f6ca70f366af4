"""The activity `run_errand`: one matter tells another, as an act of the engine."""

from typing import Any, Final, cast

import structlog
from temporalio import activity

from certify.procedure.adoption import SchemeDoor
from certify.procedure.erasing import erase
from certify.procedure.matters import Matters
from certify.procedure.overtaken import tell_overtaken
from certify.register import matters
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.errand import Errand, ErrandAnswer
from schemas.errors import OutOfOrder, ProcedureError, Unavailable
from workflows.activities import Errands
from workflows.kernel import Kernel
from workflows.options import CASE_WORKFLOW
from workflows.rules.kernels import KERNELS
from workflows.rules.matter.erasures import ERASURE, VAULT_ERRAND
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION, SCHEME_ERRAND
from workflows.rules.matters import BEHIND_ITS_CLOCK

log = structlog.get_logger()
_WAIT_FOR = {("unknown_matter", "supersede"), ("too_many_surveillances", "open_review")}
"""What comes about later. A label that is to be replaced and has no life gets it by `certify reconcile`; skipped, two
would be in force. The review of an upheld complaint waits until another surveillance of the label is closed: the
holder must not keep it away with changes of their own."""


_ASKED_BY: Final[dict[str, Kernel[Any]]] = {VAULT_ERRAND: ERASURE, SCHEME_ERRAND: SCHEME_ADOPTION}
"""Whose errands these are: nobody judges them where they arrive, so the record of the sender has to ask for them."""


class Errandry(Errands):
    """Sends errands. The act's key is the errand's, so a second run finds the act taken."""

    def __init__(self, matters: Matters, schemes: SchemeDoor, database: Database, vault: Vault) -> None:
        self._matters, self._schemes, self._database, self._vault = matters, schemes, database, vault

    @activity.defn(name="run_errand")
    async def run_errand(self, errand: Errand) -> ErrandAnswer:
        """Send an act of the engine to another matter, and wait until it is recorded there."""
        sender = self._matters.name_of(activity.info().workflow_id or "")
        try:
            await self._require_asked(errand, sender)
            if errand.to == SCHEME_ERRAND:
                await self._schemes.adopt(errand, sent_by=sender)
                await tell_overtaken(self._matters, self._database, errand.subject, sent_by=sender)
            elif errand.to == VAULT_ERRAND:
                digest = cast("str | None", errand.content["digest"])
                files_only = bool(errand.content.get("files_only"))
                await erase(self._database, self._vault, errand.subject, digest, files_only=files_only)
            else:
                await self._matters.engine_act(errand, sent_by=sender)
        except Unavailable:
            raise
        except ProcedureError as error:
            if error.code == BEHIND_ITS_CLOCK or (error.code, errand.act) in _WAIT_FOR:
                raise Unavailable(error.code, error.message) from error
            return ErrandAnswer(key=errand.key, refused=error.code)
        return ErrandAnswer(key=errand.key)

    async def _require_asked(self, errand: Errand, sender: str) -> None:
        """Refuse what no case or matter of ours asks for, so that a workflow's word alone destroys no key.

        What another matter is told its own rules judge; for the rest, the record of the sender has to ask for it.

        Raises:
            OutOfOrder: `errand_not_asked`.
        """
        kernel, (kind, _, subject) = _ASKED_BY.get(errand.to), sender.partition("/")
        if kernel is None and kind in {CASE_WORKFLOW, *KERNELS}:
            return
        if kernel is not None and kind == kernel.name:
            async with self._database.reading() as session:
                state = await matters.find(session, kernel.state, kind, subject)
            if state is not None and kernel.errand(state) == errand:
                return
        log.error("errand_not_asked", errand=errand.to, sender_kind=kind)
        raise OutOfOrder("errand_not_asked", "The record asks for no such errand.")
