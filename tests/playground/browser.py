"""A real Chromium at the playground's page, and what somebody does there, in a few words."""

import base64
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    ViewportSize,
    async_playwright,
    expect,
)

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=800)
PATIENCE = 60_000  # ms; a busy machine is no failure

# A seven on the drawing pad, in shares of its side.
SEVEN = ((0.3, 0.25), (0.42, 0.24), (0.57, 0.24), (0.7, 0.26), (0.6, 0.5), (0.48, 0.82))


def find_chromium() -> Path | None:
    """Where it is installed, if it is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


@asynccontextmanager
async def chromium(path: Path) -> AsyncIterator[Browser]:
    """Run it without a window, with a fresh profile."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


class Screen:
    """One window with the page; remembers all it asked for and complained of."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE)
        context.on("request", self._note_request)
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note_request(self, request: Request) -> None:
        self.requests.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of anybody but the page's own server."""
        own = self.page.url.split("/")[2]
        inside = ("data:", "blob:", f"http://{own}/")
        return [url for url in self.requests if not url.startswith(inside)]

    @property
    def messages(self) -> Locator:
        """The bubbles, oldest first."""
        return self.page.locator("#log > li.message")

    @property
    def answers(self) -> Locator:
        """Those that others wrote."""
        return self.page.locator("#log > li.message:not(.own)")

    async def open(self, url: str) -> None:
        """Open the page, and wait until it is connected."""
        await self.page.goto(url)
        await self.page.locator("#title:not(:empty)").wait_for()

    async def draw(self, points: Sequence[tuple[float, float]] = SEVEN) -> None:
        """Draw on the pad, which is opened for it."""
        if not await self.page.locator("#pad").is_visible():
            await self.page.get_by_role("button", name="Draw a digit").click()
        frame = await self.page.locator("#canvas").bounding_box()
        assert frame is not None
        mouse, down = self.page.mouse, False
        for x, y in points:
            place = (frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
            await mouse.move(*place, steps=4)
            if not down:
                await mouse.down()
                down = True
        await mouse.up()

    async def pixel(self, x: float, y: float) -> tuple[int, int, int]:
        """The colour of the pad at a place, in shares of its side."""
        red, green, blue = await self.page.evaluate(
            """([x, y]) => {
                const canvas = document.getElementById("canvas");
                const one = new OffscreenCanvas(1, 1);
                const context = one.getContext("2d", { willReadFrequently: true });
                context.drawImage(canvas, -x * canvas.width, -y * canvas.height);
                return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
            }""",
            [x, y],
        )
        return red, green, blue

    async def give(self, event: str, target: str, *files: tuple[bytes, str, str]) -> None:
        """Drop or paste files, as the browser does with those of a desktop."""
        encoded = [(base64.b64encode(data).decode(), name, kind) for data, name, kind in files]
        await self.page.evaluate(
            """([event, target, files]) => {
                const transfer = new DataTransfer();
                for (const [data, name, type] of files) {
                    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
                    transfer.items.add(new File([bytes], name, { type }));
                }
                const options = { bubbles: true, cancelable: true };
                const made = event === "paste"
                    ? new ClipboardEvent(event, { ...options, clipboardData: transfer })
                    : new DragEvent(event, { ...options, dataTransfer: transfer });
                document.querySelector(target).dispatchEvent(made);
            }""",
            [event, target, encoded],
        )

    async def say(self, words: str) -> None:
        """Write and send."""
        await self.page.get_by_label("Message", exact=True).fill(words)
        await self.page.get_by_label("Send", exact=True).click()

    async def go_to(self, chat: str, person: str | None = None) -> None:
        """Open a chat, as somebody."""
        if (
            await self.page.get_by_label("People and chats")
            .and_(self.page.locator("#back"))
            .is_visible()
        ):
            await self.page.locator("#back").click()
        if person is not None:
            await self.page.get_by_role("radio", name=person).click()
        begins_with = re.compile(rf"^{re.escape(chat)}")  # what was said there last follows
        await self.page.locator("#chats").get_by_role("button", name=begins_with).click()
        await self.page.locator("#title", has_text=chat).wait_for()

    async def switch(self, name: str) -> None:
        """Turn one of the chat's settings on or off."""
        await self.page.get_by_role("button", name="Chat settings").click()
        switch = self.page.get_by_role("switch", name=name)
        was = await switch.is_checked()
        await switch.click()
        await expect(switch).to_be_checked(checked=not was)
        await self.page.keyboard.press("Escape")
        await expect(self.page.locator("#switches")).to_be_hidden()

    async def act_on(self, message: Locator, what: str) -> None:
        """Choose from a message's menu."""
        await message.get_by_label("What to do with this message").click()
        await self.page.get_by_role("menuitem", name=what).click()
