from collections.abc import Callable

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from labels.encoding import ALPHABET, to_base36
from labels.keys import KeyInMemory
from labels.qr import Symbol, mini_symbol, mini_url, standard_symbol, standard_url
from labels.signing import prepare, sign
from schemas.errors import PreparationError
from schemas.label import LabelStatement

HOST_OF_12 = "https://v.example.eu"


def test_the_scheme_stays_lower_case_and_all_else_is_upper_case() -> None:
    assert standard_url("HTTPS://v.Example.eu/", "ABC") == "https://V.EXAMPLE.EU/C/ABC"
    assert mini_url("http://localhost:8080", "60RK4CSM6MV3EE1S") == "http://LOCALHOST:8080/60RK4CSM6MV3EE1S"


@pytest.mark.parametrize(
    ("changes", "version"),
    [
        ({"name_version": "x" * 22 + " 1"}, 9),
        ({"name_version": "x" * 53 + " 1"}, 10),
        ({"name_version": "x" * 22 + " 1", "holder": "h" * 29}, 10),
    ],
)
def test_the_standard_form_keeps_its_budget(
    a_statement: Callable[..., LabelStatement], signer: KeyInMemory, changes: dict[str, str], version: int
) -> None:
    token = to_base36(sign(prepare(a_statement(status_index=2**32 - 1, **changes)), signer))

    symbol = standard_symbol(standard_url(HOST_OF_12, token))

    assert (symbol.version, symbol.size) == (version, 17 + 4 * version)
    assert _read(symbol).ec_level == "M"


def test_the_mini_form_keeps_its_budget() -> None:
    symbol = mini_symbol(mini_url(HOST_OF_12, "60RK4CSM6MV3EE1S"))

    assert (symbol.version, symbol.size) == (3, 29)
    assert _read(symbol).ec_level == "Q"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.sampled_from(["https://v.example.eu", "http://localhost:8080"]), st.text(ALPHABET, min_size=1, max_size=300))
def test_a_symbol_reads_as_its_address(base_url: str, token: str) -> None:
    url = standard_url(base_url, token)

    assert _read(standard_symbol(url)).text == url


def test_the_svg_path_fills_the_dark_modules_and_no_others() -> None:
    symbol = Symbol(1, ((True, True, False), (False, False, False), (True, False, True)))

    assert symbol.svg_path() == "M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z"


@pytest.mark.parametrize("base_url", ["https://v_x.example", "https://пример.рф", "https://v.example/~a"])
def test_an_address_the_alphabet_does_not_hold_is_refused(base_url: str) -> None:
    with pytest.raises(PreparationError, match="url_unfit"):
        mini_symbol(mini_url(base_url, "60RK4CSM6MV3EE1S"))


def _read(symbol: Symbol) -> zxingcpp.Barcode:
    image = Image.new("L", (symbol.size, symbol.size), 255)
    for y, row in enumerate(symbol.rows):
        for x, dark in enumerate(row):
            image.putpixel((x, y), 0 if dark else 255)
    padded = Image.new("L", (symbol.size + 8, symbol.size + 8), 255)
    padded.paste(image, (4, 4))
    (barcode,) = zxingcpp.read_barcodes(padded.resize((padded.width * 3, padded.height * 3), Image.Resampling.NEAREST))
    return barcode


@pytest.mark.parametrize("length", [1, 9, 10, 11, 30, 158, 159, 200, 900, 1852, 1853, 3380])
@pytest.mark.parametrize("correction", [ERROR_CORRECT_M, ERROR_CORRECT_Q])
def test_a_symbol_is_no_larger_than_the_library_makes_it(length: int, correction: int) -> None:
    url = "https://A/" + "A7" * (length // 2)
    drawn = standard_symbol if correction == ERROR_CORRECT_M else mini_symbol
    code = QRCode(error_correction=correction)
    code.add_data(QRData(b"https", mode=MODE_8BIT_BYTE))
    code.add_data(QRData(url.partition("https")[2].encode(), mode=MODE_ALPHA_NUM))
    try:
        wanted = code.best_fit()
    except ValueError:
        with pytest.raises(PreparationError, match="url_unfit"):
            drawn(url)
        return

    assert drawn(url).version == wanted
