"""Every kind of matter beside the certification, by its name: the first part of its streams and workflow ids."""

from typing import Any

from workflows.kernel import Kernel
from workflows.rules.appeal_kernel import APPEAL
from workflows.rules.complaint_kernel import COMPLAINT
from workflows.rules.erasures import ERASURE
from workflows.rules.ethics_questions import ETHICS_QUESTION
from workflows.rules.institution import INSTITUTION
from workflows.rules.label_kernel import LABEL
from workflows.rules.legal_holds import LEGAL_HOLD
from workflows.rules.organisations import ORGANISATION
from workflows.rules.practices import PRACTICE
from workflows.rules.record_corrections import RECORD_CORRECTION
from workflows.rules.scheme_adoption import SCHEME_ADOPTION

_ALL: tuple[Kernel[Any], ...] = (
    APPEAL,
    COMPLAINT,
    ERASURE,
    ETHICS_QUESTION,
    INSTITUTION,
    LABEL,
    LEGAL_HOLD,
    ORGANISATION,
    PRACTICE,
    RECORD_CORRECTION,
    SCHEME_ADOPTION,
)
KERNELS: dict[str, Kernel[Any]] = {kernel.name: kernel for kernel in _ALL}
