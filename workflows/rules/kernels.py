"""Every kind of matter beside the certification, by its name: the first part of its streams and workflow ids."""

from typing import Any

from workflows.kernel import Kernel
from workflows.rules.complaint_kernel import COMPLAINT
from workflows.rules.ethics_questions import ETHICS_QUESTION

KERNELS: dict[str, Kernel[Any]] = {kernel.name: kernel for kernel in (ETHICS_QUESTION, COMPLAINT)}
