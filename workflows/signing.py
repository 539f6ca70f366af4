"""Having a decided label signed: the order goes to the signer, its answer is a label or a code."""

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from schemas.label import IssuedLabel
from workflows import options
from workflows.activities import SIGNING_REFUSED, Signing, SigningOrder


async def signed(decision: str) -> IssuedLabel | str:
    """Return the label of a decision; the code where the signer found that the record does not carry it.

    A signer that is away delays a label and never loses one.
    """
    try:
        label: IssuedLabel = await workflow.execute_activity_method(
            Signing.issue_label,
            SigningOrder(decision=decision),
            task_queue=options.SIGNING_QUEUE,
            start_to_close_timeout=options.SIGNING_TIMEOUT,
            retry_policy=options.PATIENT,
        )
    except ActivityError as error:
        if not isinstance(error.cause, ApplicationError) or error.cause.type != SIGNING_REFUSED:
            raise
        return error.cause.message
    return label
