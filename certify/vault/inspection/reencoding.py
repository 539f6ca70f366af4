"""The program that encodes a holder's image anew: from its standard input, to its standard output as JSON.

It is bounded like the one that looks at files, for it unpacks what others made (ASVS 15.2.5).
"""

import base64
import json
import os
import sys

from certify.vault.inspection.child import TooLong, bound


def main() -> None:
    """Encode standard input anew."""
    bound()
    from labels.certificate.holder_image import MAX_BYTES, reencoded  # noqa: PLC0415  # after the bounds
    from schemas.errors import PreparationError  # noqa: PLC0415  # as above

    image, code = b"", None
    try:
        with os.fdopen(0, "rb") as file:
            image = reencoded(file.read(MAX_BYTES + 1))
    except PreparationError as refused:
        code = refused.code
    except (MemoryError, RecursionError, TooLong):
        code = "image_too_large"
    sys.stdout.write(json.dumps({"code": code, "image": base64.b64encode(image).decode()}))


if __name__ == "__main__":
    main()
