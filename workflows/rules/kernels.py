"""Every kind of matter beside the certification, by its name: the first part of its streams and workflow ids."""

from typing import Any

from workflows.kernel import Kernel
from workflows.rules.label.kernel import LABEL
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.complaint_kernel import COMPLAINT
from workflows.rules.matter.erasures import ERASURE
from workflows.rules.matter.ethics_questions import ETHICS_QUESTION
from workflows.rules.matter.institution import INSTITUTION
from workflows.rules.matter.legal_holds import LEGAL_HOLD
from workflows.rules.matter.organisations import ORGANISATION
from workflows.rules.matter.practices import PRACTICE
from workflows.rules.matter.record_corrections import RECORD_CORRECTION
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION

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
