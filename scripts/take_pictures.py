"""Take the README's pictures from a running demonstration: `python scripts/take_pictures.py http://localhost:8080`.

Afterwards look at them: a picture is a promise.
"""

import sys
from pathlib import Path
from shutil import which

import httpx2
from playwright.sync_api import sync_playwright

from schemas.label_number import ID_LENGTH

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}


def take(server: str) -> None:
    """Take label and scan page of the first label in the directory."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport=PHONE, device_scale_factor=2)
        page.goto(f"{server}/labels")
        hrefs = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        href = next(one for one in hrefs if len(one) == len("/") + ID_LENGTH)
        page.goto(f"{server}{href}")
        page.screenshot(path=PICTURES / "scan.png")
        (PICTURES / "label.png").write_bytes(httpx2.get(f"{server}{href}.png").raise_for_status().content)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1].rstrip("/"))
