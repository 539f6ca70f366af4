from labels.typography import drawable, width_of, wrap_host

HOST = "register.ethics-commission.example.org"


def test_a_host_is_broken_behind_its_dots_and_hyphens() -> None:
    width = width_of("register.ethics-", 6)

    assert wrap_host(HOST, 6, width) == ["register.ethics-", "commission.", "example.org"]
    assert wrap_host("v.example.eu", 6, 100) == ["v.example.eu"]


def test_a_part_of_a_host_that_is_longer_than_a_line_is_broken_inside() -> None:
    lines = wrap_host("a" * 40 + ".example", 6, width_of("a" * 30, 6))

    assert lines == ["a" * 30, "a" * 10 + ".example"]


def test_a_square_stands_for_what_the_font_has_no_letter_for() -> None:
    assert drawable("Reader 中 😀 Читалка «é» ½") == "Reader □ □ Читалка «é» ½"
