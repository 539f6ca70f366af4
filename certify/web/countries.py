"""Names of countries, for the forms of every audience."""

from babel import Locale

from certify.web.language import Language

_NO_COUNTRY = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


def countries(language: Language) -> dict[str, str]:
    """Return the names of countries by their ISO 3166-1 code, in the order of the language."""
    names = Locale(language).territories.items()
    found = ((code, name) for code, name in names if code.isalpha() and len(code) == 2 and code not in _NO_COUNTRY)
    return dict(sorted(found, key=lambda pair: pair[1]))
