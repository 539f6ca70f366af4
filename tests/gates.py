"""How much a test does: enough for every change, or all of what must hold before an issue closes (`make gates`)."""

import os
from typing import Final

IN_FULL: Final = os.environ.get("CERTIFY_TEST_GATES") == "1"
