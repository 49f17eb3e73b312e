#!/usr/bin/env python3
"""Use the page of ``textransfer serve`` in a headless Chromium, by keyboard alone, and take pictures of it.

    pip install playwright        # its own browsers are not needed
    textransfer serve classifier --port 8000 &
    python scripts/page_screenshots.py http://127.0.0.1:8000 pictures --text "a gripping drama" --table a.csv

Fails where the page asks another address, breaks its own policy, logs an error, or does not answer.
"""

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SHOTS = {"light": (1100, 900, "light"), "dark": (1100, 900, "dark"), "phone": (390, 844, "light")}


def use(page: Page, text: str, table: Path | None) -> None:
    """Type a text, go to a word, put a neighbour in its place, label a table: without a mouse."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    page.wait_for_selector("#words button")
    first = page.inner_text("#verdict")
    while page.evaluate("document.activeElement.closest('#words') === null"):
        page.keyboard.press("Tab")
    strongest = page.evaluate(
        "[...document.querySelectorAll('#words button')].reduce((best, one, i, all) =>"
        " Number(one.style.getPropertyValue('--share')) >"
        " Number(all[best].style.getPropertyValue('--share')) ? i : best, 0)"
    )
    for _ in range(strongest):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("#nearest button")
    while page.evaluate("document.activeElement.closest('#nearest') === null"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("first => document.querySelector('#verdict').innerText !== first", arg=first)
    print(first, "->", page.inner_text("#verdict"))
    if table is not None:
        with page.expect_download() as download:
            page.set_input_files("#file", str(table))
        print(download.value.suggested_filename, page.inner_text("#table-status"))


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text", required=True)
    parser.add_argument("--table", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, (width, height, scheme) in SHOTS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
            )
            page = context.new_page()
            page.on("console", lambda message: problems.append(message.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on(
                "request",
                lambda request: (
                    None
                    if request.url.startswith((arguments.address, "blob:"))
                    else problems.append(f"asked {request.url}")
                ),
            )
            page.goto(arguments.address)
            page.screenshot(path=arguments.folder / f"{name}-empty.png", full_page=True)
            use(page, arguments.text, arguments.table)
            page.screenshot(path=arguments.folder / f"{name}.png", full_page=True)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                problems.append(f"{name}: {wide} pixels wider than the window")
            context.close()
        browser.close()
    if problems:
        raise SystemExit("\n".join(problems))


if __name__ == "__main__":
    main()
