"""Having a decided label signed: the order goes to the signer, its answer is a label or a code."""

from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from schemas.label import IssuedLabel
from workflows import options
from workflows.activities import SIGNING_REFUSED, Signing, SigningOrder
from workflows.pauses import Pauses

REFUSALS_NAME_THEIR_DECISION: Final = "refusals-name-their-decision"
"""Runs that met a refusal before this patch believe its message, which Temporal holds in clear."""


async def signed(decision: str) -> IssuedLabel | str:
    """Return the label of a decision; the code where the signer found that the record does not carry it.

    A signer that is away delays a label and never loses one. What is no answer to this very order is none, and is
    asked for again after a pause.
    """
    pauses = Pauses()
    while True:
        answer = await _answer(decision)
        if answer is not None:
            return answer
        await pauses.after(is_answer=False)


async def _answer(decision: str) -> IssuedLabel | str | None:
    try:
        label: IssuedLabel | None = await workflow.execute_activity_method(
            Signing.issue_label,
            SigningOrder(decision=decision),
            task_queue=options.SIGNING_QUEUE,
            start_to_close_timeout=options.SIGNING_TIMEOUT,
            retry_policy=options.PATIENT,
        )
    except ActivityError as error:
        if not isinstance(error.cause, ApplicationError) or error.cause.type != SIGNING_REFUSED:
            raise
        return _refusal(error.cause, decision)
    return label if label is not None and label.decision_number == decision else None


def _refusal(refused: ApplicationError, decision: str) -> str | None:
    """Return the code of a refusal. Its details are sealed, type and message are whoever's that reaches Temporal."""
    if not workflow.patched(REFUSALS_NAME_THEIR_DECISION):
        return refused.message
    code, *of = refused.details or ("",)
    return str(code) if of == [decision] else None
