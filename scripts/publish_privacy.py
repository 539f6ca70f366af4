"""Write the two tables of docs/privacy.md from the code. A maintainer runs it after changing them; a test compares."""

import re
from pathlib import Path

from certify.procedure.data_inventory import classes_in_markdown, inventory_in_markdown

PAGE = Path(__file__).parents[1] / "docs" / "privacy.md"
TABLES = {"retention": classes_in_markdown, "inventory": inventory_in_markdown}


def with_tables(page: str) -> str:
    """Return the page with each table between its marks."""
    for name, table in TABLES.items():
        between = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        page = between.sub(lambda found, table=table: f"{found[1]}{table()}{found[2]}", page)  # type: ignore[misc]
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
