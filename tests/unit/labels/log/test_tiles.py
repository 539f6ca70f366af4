"""Where tiles lie, and what lies at a path (c2sp.org/tlog-tiles)."""

import pytest

from labels.log.tiles import ENTRIES, WIDTH, place_of, tile_path


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("tile/0/000", (0, 0, WIDTH)),
        ("tile/0/x001/x234/067.p/8", (0, 1_234_067, 8)),
        ("tile/entries/x001/000", (ENTRIES, 1000, WIDTH)),
        ("tile/63/005.p/255", (63, 5, 255)),
    ],
)
def test_a_path_says_which_tile_it_is_of(path: str, place: tuple[int | str, int, int]) -> None:
    assert place_of(path) == place
    assert tile_path(*place) == path


@pytest.mark.parametrize(
    "path",
    ["checkpoint", "tile/0/0", "tile/64/000", "tile/0/x000/001", "tile/0/000.p/256", "tile/0/000.p/08", "tile/x/000"],
)
def test_what_is_no_path_of_a_tile_is_of_none(path: str) -> None:
    assert place_of(path) is None
