"""A built playground, served from this machine, in headless Chromium."""

import functools
import http.server
import os
import pathlib
import shutil
import subprocess
import sys
import threading

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = pathlib.Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """The playground's address; everything it needs is built afresh."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run([sys.executable, ROOT / "docs/playground/build.py", folder / "playground"], check=True)
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/playground/"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def context(tmp_path_factory):
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "these tests need Chromium; name it by the environment variable CHROMIUM"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=executable,
            args=FLAGS,
            viewport={"width": 1280, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        yield context
        context.close()


@pytest.fixture(scope="session")
def loaded(context: BrowserContext, address):
    """The playground, with Python started once for all tests, and every request and complaint that it made."""
    page = context.new_page()
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#progress")
    page.wait_for_selector("body[data-state=ready]")
    return page, requests, complaints


@pytest.fixture
def page(loaded):
    page: Page = loaded[0]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")
    page.locator("#region").select_option("")
    page.get_by_role("button", name="Clear").click()
    page.wait_for_selector("#answer > .empty")
    return page


@pytest.fixture
def picture(page: Page):
    """Save a picture of the page, where the environment variable SCREENSHOTS names a folder for them."""
    folder = os.environ.get("SCREENSHOTS")

    def save(name, **options):
        if folder:
            page.screenshot(path=pathlib.Path(folder) / f"{name}.png", **options)

    return save
