"""The QR of a label: a web address that is also the proof, small enough to print.

The scheme stays in lower case, because several phones take an all-capitals `HTTPS://` for plain text; all
after it is upper case, which QR packs into 5.5 bits a character. Both pieces are given to the library as they
are: its own splitting is larger. A fixed mask is four times faster than trying eight and reads as well.
"""

import re
from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData, length_in_bits

from schemas.errors import PreparationError

QUIET_MODULES = 4  # ISO/IEC 18004, 9.1

_MASK_PATTERN = 0
_MODE_BITS = 4
_DARK = re.compile(b"\x01+")


@dataclass(frozen=True)
class Symbol:
    """A QR symbol: its version (1 to 40) and its rows of modules, True where dark, without the quiet zone."""

    version: int
    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules along one side."""
        return len(self.rows)

    def dark_runs(self) -> list[tuple[int, int, int]]:
        """Return (x, y, length) of each run of dark modules, row by row."""
        return [run for y, row in enumerate(self.rows) for run in _dark_runs(row, y)]

    def svg_path(self) -> str:
        """Return path data that fills the dark modules, one unit a module."""
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.dark_runs())


def standard_url(base_url: str, token: str) -> str:
    """Return what the standard form carries: `https://HOST/C/TOKEN`."""
    return _with_upper_case(f"{base_url.rstrip('/')}/C/{token}")


def mini_url(base_url: str, label_id: str) -> str:
    """Return what the mini form carries: `https://HOST/ID`, of use online only."""
    return _with_upper_case(f"{base_url.rstrip('/')}/{label_id}")


def plain_symbol(content: str) -> Symbol:
    """Draw any text, bytes as they are, error correction M: for screens, such as the secret of a code generator."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(QRData(content.encode(), MODE_8BIT_BYTE), optimize=0)
    code.make(fit=True)
    return Symbol(code.version, tuple(tuple(bool(module) for module in row) for row in code.modules))


def standard_symbol(url: str) -> Symbol:
    """Draw the standard form, error correction M: 15 % may be lost.

    Raises:
        PreparationError: `url_unfit`.
    """
    return _symbol(url, ERROR_CORRECT_M)


def mini_symbol(url: str) -> Symbol:
    """Draw the mini form, error correction Q: 25 % may be lost.

    Raises:
        PreparationError: `url_unfit`.
    """
    return _symbol(url, ERROR_CORRECT_Q)


def _with_upper_case(url: str) -> str:
    scheme, separator, rest = url.partition(":")
    return scheme.lower() + separator + rest.upper()


def _symbol(url: str, error_correction: int) -> Symbol:
    scheme, _, rest = url.partition(":")
    address = f":{rest}".encode()
    if not set(address) <= set(ALPHA_NUM):
        raise PreparationError("url_unfit", f"An address on a label has capitals, digits and -./: only: {url}")
    parts = (QRData(scheme.encode(), mode=MODE_8BIT_BYTE), QRData(address, mode=MODE_ALPHA_NUM))
    code = QRCode(_version(parts, error_correction), error_correction=error_correction, mask_pattern=_MASK_PATTERN)
    for part in parts:
        code.add_data(part)
    code.make(fit=False)
    return Symbol(code.version, tuple(tuple(map(bool, row)) for row in code.modules))


def _version(parts: tuple[QRData, ...], error_correction: int) -> int:
    """Return the smallest version that holds these parts (ISO/IEC 18004, 7.4): the library writes them all to find it.

    Raises:
        PreparationError: `url_unfit`.
    """
    for version, limit in enumerate(BIT_LIMIT_TABLE[error_correction][1:], start=1):
        if sum(_MODE_BITS + length_in_bits(one.mode, version) + _bits(one) for one in parts) <= limit:
            return version
    raise PreparationError("url_unfit", "The address does not fit into a QR symbol.")


def _bits(part: QRData) -> int:
    length = len(part)
    return 8 * length if part.mode == MODE_8BIT_BYTE else 11 * (length // 2) + 6 * (length % 2)


def _dark_runs(row: tuple[bool, ...], y: int) -> list[tuple[int, int, int]]:
    return [(run.start(), y, run.end() - run.start()) for run in _DARK.finditer(bytes(row))]
