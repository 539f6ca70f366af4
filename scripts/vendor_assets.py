"""Bring the page parts of GOV.UK Frontend and MOJ Frontend into `certify/static/vendor/`, without their brand.

    python scripts/vendor_assets.py

A maintainer runs this once for each new version; the result is committed. Both projects are MIT, but the
crown, the typeface GDS Transport, the GOV.UK logotype and the brand blue belong to the government of the
United Kingdom and may not appear on anybody else's pages. The published packages carry no licence file, so
the LICENSE beside each is kept by hand; without it the script refuses to work.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "certify" / "static" / "vendor"

FONTS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'
COLOURS = {
    "#1d70b8": "#1f5a63",  # brand
    "#1a65a6": "#17606b",  # link
    "#0f385c": "#0c3a41",  # link, hovered
    "#f4f8fb": "#f3f6f5",  # surface, template background
    "#8eb8dc": "#a3c0c2",  # surface border
    # Green says "in force" on these pages, so a button may not be green.
    "background-color:#0f7a52": "background-color:#1f5a63",
    "#0b5c3e": "#174850",  # button, hovered
    "#083d29": "#0e2f35",  # button, its shadow
}
UNUSED = re.compile(
    r"\.govuk-(accordion|breadcrumbs|cookie-banner|exit-this-page|feedback|header|logo|password-input|tabs"
    r"|footer__(crown|copyright-logo|licence-logo))"
)
WANTED_OF_MOJ = re.compile(r"\.moj-timeline")


@dataclass(frozen=True)
class Package:
    """One published package: where it goes, its pinned digest, and how each listed file is changed."""

    folder: str
    name: str
    version: str
    sha512: str
    files: dict[str, Callable[[str], str]]


def main() -> None:
    """Fetch, check, change and write every package; end with the manifest."""
    manifest = [_vendored(package) for package in PACKAGES]
    (VENDOR / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _vendored(package: Package) -> dict[str, object]:
    folder = VENDOR / package.folder
    if not (folder / "LICENSE").is_file():
        sys.exit(f"{folder}/LICENSE is missing: copy it from the project's repository first")
    archive = _fetched(package)
    digests: dict[str, str] = {}
    for path, change in package.files.items():
        content = change(archive[path]).encode()
        (folder / Path(path).name).write_bytes(content)
        digests[Path(path).name] = hashlib.sha256(content).hexdigest()
        print(f"{package.folder}/{Path(path).name}: {len(content)} bytes", file=sys.stderr)
    return {
        "folder": package.folder,
        "name": package.name,
        "version": package.version,
        "sha512": package.sha512,
        "licence": "MIT",
        "sha256": digests,
    }


def _fetched(package: Package) -> dict[str, str]:
    """Return the listed files of the package's archive, once its digest is the pinned one."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # every word is a constant above
        (archive,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != package.sha512:
            sys.exit(f"{package.name}@{package.version} has another sha512 than the pinned one: {digest}")
        with tarfile.open(archive) as opened:
            return {path: _text(opened, f"package/{path}") for path in package.files}


def _text(archive: tarfile.TarFile, path: str) -> str:
    member = archive.extractfile(path)
    if member is None:
        sys.exit(f"{path} is no file of the archive")
    return member.read().decode()


def unbranded(css: str, wanted: Callable[[str], bool]) -> str:
    """Return the rules with a wanted selector, in our colours and fonts, without fonts and pictures of theirs."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = css.replace("GDS Transport,arial,sans-serif", "var(--certify-font)")
    for theirs, ours in COLOURS.items():
        css = css.replace(theirs, ours)
    return "\n".join(_kept(css, wanted)) + "\n"


def _kept(css: str, wanted: Callable[[str], bool]) -> Iterator[str]:
    for prelude, body in _rules(css):
        if prelude.startswith(("@media", "@supports")):
            inner = "".join(_kept(body, wanted))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif not prelude.startswith("@") and "url(" not in body:
            selectors = [one for one in re.split(r",(?![^(]*\))", prelude) if wanted(one)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Split a style sheet into (prelude, body) at its outermost braces; statements such as @charset are dropped."""
    start = depth = opened = 0
    for place, character in enumerate(css):
        if character == ";" and depth == 0:
            start = place + 1
        elif character == "{":
            depth += 1
            opened = place if depth == 1 else opened
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].strip(), css[opened + 1 : place]
                start = place + 1


def _govuk_css(css: str) -> str:
    fonts = f":root{{--certify-font:{FONTS}}}\n"
    return fonts + unbranded(css, lambda selector: not UNUSED.search(selector))


def _moj_css(css: str) -> str:
    return unbranded(css, lambda selector: bool(WANTED_OF_MOJ.search(selector)))


def _without_map(script: str) -> str:
    return re.sub(r"//# sourceMappingURL=\S+\s*$", "\n", script)


PACKAGES = [
    Package(
        folder="govuk-frontend",
        name="govuk-frontend",
        version="6.6.0",
        sha512="xctkWrQvLnvQt7fyjQ3MGX9S0wz0x0RQuLxCeoXF+s8EjGICG81/DYQGKN5qgO+0KVT12UAaRwUsGY6fulRcRg==",
        files={
            "dist/govuk/govuk-frontend.min.css": _govuk_css,
            "dist/govuk/govuk-frontend.min.js": _without_map,
        },
    ),
    Package(
        folder="moj-frontend",
        name="@ministryofjustice/frontend",
        version="11.1.0",
        sha512="1bkUbm2M4DpcpX/pOmumQRBsbJco9W2RwmJv5h/ZC/ZqrAOn2/FjpF+A7vS0gs7oMXBizr9O5huDrSYbLx73Nw==",
        files={"moj/moj-frontend.min.css": _moj_css},
    ),
]

if __name__ == "__main__":
    main()
