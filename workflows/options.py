"""Names, queues and time limits of the workflows, in one place."""

from datetime import timedelta

from temporalio.common import RetryPolicy

QUEUE = "certify"
SIGNING_QUEUE = "certify-sign"
SIGNING_ACTIVITIES = frozenset({"issue_label", "sign_extract"})
PASSTHROUGH = ("certify", "workflows", "schemas", "labels", "rfc8785", "pydantic", "pydantic_core", "annotated_types")
"""Modules the workflow sandbox must not import again for every case: that costs 15 MB each."""

CONTINUE_AFTER_EVENTS = 1000
CONTINUE_AFTER = timedelta(days=30)
"""A case that sleeps for months begins a new run each month: then it meets code deployed since."""
LODGING_TIMEOUT = timedelta(minutes=1)
"""A case started without an application that holds ends by itself after this long."""

SENT_WITHIN = timedelta(minutes=5)
"""So long after it was sent an act is taken: clocks differ by less, and what was held back longer comes too late."""
RECEIPTS_KEPT = 440
OUTBOX_MAX = 200
"""Entries a case holds for a record that is away; then it takes no act until the record is back."""
OUTBOX_BYTES_MAX = 400_000
"""Room for them: they travel with the case, and again as one batch; Temporal takes 2 MB of either."""
BATCH_MAX = 100

RECORD_TIMEOUT = timedelta(seconds=10)
ERRAND_TIMEOUT = timedelta(seconds=20)
SIGNING_TIMEOUT = timedelta(seconds=15)
PATIENT = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2, maximum_interval=timedelta(seconds=30)
)
"""Retries for ever: a store or a signer that is down delays a case and never loses one."""
ASK_AGAIN_AFTER = timedelta(milliseconds=200)
"""How long a run waits before it asks again for what was answered by no answer; twice as long each time."""
ASK_AGAIN_AFTER_AT_MOST = timedelta(minutes=10)
"""A run of a thousand events lasts for half a day then; what answers so needs somebody to look at it."""


CASE_WORKFLOW = "certification"
SCHEME_WORKFLOW = "scheme"
"""With what names of workflows begin that are no matters'."""


def certification_id(application: str) -> str:
    """Return the name of the workflow of an application's case; Temporal sees it hidden."""
    return f"{CASE_WORKFLOW}/{application}"


def adoption_id(digest: str) -> str:
    """Return the name of the workflow that adopts the scheme version of a digest; Temporal sees it hidden."""
    return f"{SCHEME_WORKFLOW}/{digest}"


def case_stream(application: str) -> str:
    """Return the journal stream of an application's case."""
    return f"case/{application}"


def scheme_stream(scheme: str) -> str:
    """Return the journal stream of the versions of a scheme."""
    return f"scheme/{scheme}"


def matter_id(kind: str, subject: str) -> str:
    """Return the name of the workflow of a matter; Temporal sees it hidden."""
    return f"{kind}/{subject}"


def matter_stream(kind: str, subject: str) -> str:
    """Return the journal stream of a matter."""
    return f"{kind}/{subject}"
