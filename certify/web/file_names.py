"""The name under which a file is given out: one file in one folder on any system, and one value of one header."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that are shown as nothing or turn others round; RFC 8266 has none of them either."""
_SPECIAL: Final = re.compile(r'[<>:"|?*%;\\/]')
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\..*)?", re.IGNORECASE)
"""What Windows takes for a device, with whatever ending."""
_BYTES_MAX: Final = 200
_ENDING_MAX: Final = 16


def safe_name(name: str) -> str:
    """Return a name that any system keeps as one file in the folder it is saved to; never an empty one."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(one for one in last if unicodedata.category(one) not in _UNSEEN)
    plain = _SPECIAL.sub("_", seen).strip(" .\t") or "file"
    # Last, since what is cut off may leave such a name.
    short = _shortened(plain)
    return _shortened(f"_{short}") if _RESERVED.fullmatch(short) else short


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > _ENDING_MAX:
        stem, dot, ending = name, "", ""
    room = _BYTES_MAX - len((dot + ending).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + dot + ending


def content_disposition(name: str) -> str:
    """Return the header by which a file is saved and never shown (RFC 6266, 4; RFC 8187, 3.2; ASVS 5.4.1)."""
    safe = safe_name(name)
    ascii_only = unicodedata.normalize("NFKD", safe).encode("ascii", "ignore").decode()
    fallback = safe_name(re.sub(r"[^A-Za-z0-9 ._()+-]", "_", ascii_only) or "file")
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(safe, safe='')}"
