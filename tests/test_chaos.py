"""Every row of `make chaos` in small form, and the bookkeeping that its figures rest on."""

from collections.abc import Awaitable, Callable

import pytest

from bench.chaos import hostile, kill, load, storms, workers
from bench.chaos.harness import Result
from bench.chaos.ledger import Ledger
from bot.api_server import BotApiServer, ChatWindow, Message
from tests.bot.readings import draw_seven, encode

PHOTO = encode(draw_seven())
ROWS: dict[str, Callable[[], Awaitable[Result]]] = {
    "kill": lambda: kill.kill(1, kill.SMALL),
    "hostile": lambda: hostile.hostile(1, hostile.SMALL),
    "workers": lambda: workers.workers(1, workers.SMALL),
    "load": lambda: load.load(1, load.SMALL),
    "storms": lambda: storms.storms(1, storms.SMALL),
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("row", ROWS)
async def test_promises_are_kept(row: str) -> None:
    result = await ROWS[row]()
    assert result.kept, result.seen


class Scene:
    """Somebody who sends photos, and a bot that says what the test wants it to say."""

    def __init__(self, server: BotApiServer) -> None:
        self.ledger = Ledger()
        bot = server.add_bot("DigitBot")
        self.window: ChatWindow = server.private_chat(server.add_person("Anna"), bot)
        server.world.listeners.append(self.ledger.hear)
        self._server, self._bot = server, bot.user

    async def send(self, *numbers: str) -> list[Message]:
        """Send photos that show these."""
        photos = [await self.window.send_photo(PHOTO) for _ in numbers]
        for photo, number in zip(photos, numbers, strict=True):
            self.ledger.enter(self.window.chat.id, photo, number)
        return photos

    def answer(self, to: Message | None, *lines: str) -> Message:
        """Let the bot say something."""
        reply_to = to.message_id if to else None
        text = "\n".join(lines)
        return self._server.world.post(self.window.chat, self._bot, text=text, reply_to=reply_to)

    @property
    def answers(self) -> list[int]:
        """How many each photo has, in the order of sending."""
        return [len(photo.answers) for photo in self.ledger.photos()]


@pytest.fixture
def scene(api_server: BotApiServer) -> Scene:
    return Scene(api_server)


async def test_an_answer_counts_for_the_photo_that_it_quotes(scene: Scene) -> None:
    first, second = await scene.send("14", "70")
    scene.answer(second, "7️⃣0️⃣", "It says 70. I'm at least 99% sure of each digit.")
    assert scene.answers == [0, 1]
    scene.answer(first, "It says 14.")
    assert (scene.answers, scene.ledger.overtaken) == ([1, 1], 1)


async def test_a_list_counts_for_each_photo_that_it_names_and_no_other(scene: Scene) -> None:
    first, *_ = await scene.send("14", "70", "41", "07")
    lines = ("I've looked at 3 pictures:", "1. 14 (99%)", "2. probably 41 (80%)", "3. 07 (99%)")
    scene.answer(first, *lines)
    assert scene.answers == [1, 0, 1, 1]
    assert str(scene.ledger).startswith("1 of 4 unanswered, 0 twice")


async def test_what_says_something_else_is_no_answer(scene: Scene) -> None:
    first, second = await scene.send("14", "70")
    scene.answer(first, "Sorry, something went wrong on my side. Please send that again.")
    scene.answer(second, "It says 77.")
    scene.answer(None, "I was away. Please send it again.")
    assert scene.answers == [0, 0]
    assert len(scene.ledger.strange) == 3


async def test_twice_is_counted_and_an_edit_is_not_twice(scene: Scene) -> None:
    first, second = await scene.send("14", "70")
    answer = scene.answer(first, "1. 14 (99%)")
    scene.window._world.edit(scene.window.chat, answer, text="1. 14 (99%)\n2. 70 (99%)")
    assert scene.answers == [1, 1]
    scene.answer(second, "It says 70.")
    assert scene.answers == [1, 2]
    assert [photo.number for photo in scene.ledger.twice()] == ["70"]


async def test_an_edit_may_add_what_was_sent_before_the_photo_that_it_quotes(scene: Scene) -> None:
    _, second = await scene.send("14", "70")
    answer = scene.answer(second, "It says 70.")
    scene.window._world.edit(scene.window.chat, answer, text="1. 14 (99%)\n2. 70 (99%)")
    assert scene.answers == [1, 1]
    assert scene.ledger.strange == []


async def test_waiting_ends_when_all_is_answered_or_nothing_happens(scene: Scene) -> None:
    (photo,) = await scene.send("14")
    await scene.ledger.settle(patience=0.01)
    assert scene.answers == [0]
    scene.answer(photo, "It says 14.")
    await scene.ledger.settle(patience=3600, linger=0.01)
    assert [sent.seconds < 3600 for sent in scene.ledger.photos()] == [True]


def test_flat_memory_is_told_from_growth() -> None:
    flat, growing = [100.0, 210, 200, 200, 201] * 5, [200.0 + n for n in range(100)]
    assert load.Memory(flat).late <= load.GROWTH * load.Memory(flat).early
    assert load.Memory(growing).late > load.GROWTH * load.Memory(growing).early
