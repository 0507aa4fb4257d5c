"""Takes the README's pictures: `python -m scripts.screenshots`, with the model in MODEL_PATH."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.playground.browser import PATIENCE, Screen, chromium, find_chromium

expect.set_options(timeout=PATIENCE)

Point = tuple[float, float]

DOCS = Path(__file__).parents[1] / "docs"
PEN = "46"
THREE = (
    *((0.33, 0.28), (0.40, 0.21), (0.52, 0.18), (0.63, 0.22), (0.66, 0.31), (0.60, 0.40)),
    *((0.47, 0.46), (0.60, 0.49), (0.69, 0.58), (0.69, 0.70), (0.59, 0.80), (0.45, 0.82)),
    (0.33, 0.76),
)
FIVE = (
    *((0.42, 0.21), (0.40, 0.34), (0.38, 0.46), (0.49, 0.42), (0.61, 0.46), (0.67, 0.58)),
    *((0.64, 0.71), (0.54, 0.80), (0.42, 0.80), (0.34, 0.74)),
)
FIVES_HAT = ((0.42, 0.21), (0.53, 0.21), (0.66, 0.19))


def curve(points: Sequence[Point], steps: int = 4) -> list[Point]:
    """A Catmull-Rom spline through `points`: a hand does not draw corners."""
    ends = [points[0], *points, points[-1]]
    smooth = []
    for p, q, r, s in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for t in (step / steps for step in range(steps)):
            x, y = (
                q[i]
                + t * (r[i] - p[i]) / 2
                + t**2 * (p[i] - 2.5 * q[i] + 2 * r[i] - s[i] / 2)
                + t**3 * (1.5 * (q[i] - r[i]) + (s[i] - p[i]) / 2)
                for i in (0, 1)
            )
            smooth.append((x, y))
    return [*smooth, points[-1]]


@asynccontextmanager
async def playground() -> AsyncIterator[str]:
    """Run one; yields its address."""
    command = (sys.executable, "-m", "bot", "playground", "--port", "0", "--no-browser")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    if not line:
        sys.exit("The playground did not start: it said why above.")
    try:
        yield line.split()[4]
    finally:
        process.terminate()
        await process.communicate()


async def ask(screen: Screen, *strokes: Sequence[Point]) -> None:
    """Draw a digit, send it, and wait for the answer."""
    answers = await screen.answers.count()
    await screen.page.get_by_role("button", name="Draw a digit").click()
    await screen.page.get_by_label("Pen width").fill(PEN)
    for stroke in strokes:
        await screen.draw(curve(stroke))
    await screen.page.locator("#pad-send").click()
    await expect(screen.answers).to_have_count(answers + 1)


async def show(browser: Browser, url: str, name: str, width: int, height: int, look: str) -> None:
    """Have a short conversation, and take its picture."""
    is_phone = width < 700
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        has_touch=is_phone,
        is_mobile=is_phone,
        color_scheme="dark" if look == "dark" else "light",
        locale="en-GB",
    )
    screen = Screen(context, await context.new_page())
    await screen.open(url)
    await ask(screen, THREE)
    await screen.answers.last.get_by_role("button", name="What I saw").click()
    await screen.answers.last.get_by_alt_text("Photo from DigitBot").wait_for()
    if not is_phone:
        await ask(screen, FIVE, FIVES_HAT)
        await screen.page.locator('#panel .best[data-digit="5"]').wait_for()
    await screen.page.mouse.move(0, 0)
    await screen.page.locator("#log .typing").wait_for(state="detached")
    await screen.page.wait_for_timeout(800)  # what moves comes to rest
    await screen.page.screenshot(path=DOCS / f"playground-{name}.png")
    await context.close()


async def main() -> None:
    """Take both."""
    path = find_chromium()
    if path is None:
        sys.exit("Chromium is needed: apt-get install chromium")
    DOCS.mkdir(exist_ok=True)
    async with chromium(path) as browser:
        for name, width, height, look in (
            ("desktop", 1280, 800, "light"),
            ("phone", 390, 844, "dark"),
        ):
            async with playground() as url:  # a fresh one, with nothing said yet
                await show(browser, url, name, width, height, look)


if __name__ == "__main__":
    asyncio.run(main())
