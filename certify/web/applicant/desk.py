"""Who comes into the applicants' room, and which scheme they apply under."""

from typing import Final

PATH: Final = "/applicant"
SCHEME: Final = "ai-ethics-code"
