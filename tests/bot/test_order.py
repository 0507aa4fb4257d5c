"""Updates run side by side, but what happens to one group in its order."""

import asyncio
from datetime import UTC, datetime

from telegram import Chat, ChatMemberLeft, ChatMemberMember, ChatMemberUpdated, Update, User

from bot.services.order import InOrder

NOW = datetime(2026, 3, 9, tzinfo=UTC)
BOT, ANNA = User(1, "DigitBot", is_bot=True), User(2, "Anna", is_bot=False)
AWAY, HERE = ChatMemberLeft(BOT), ChatMemberMember(BOT)


def change(number: int, chat_id: int) -> Update:
    chat = Chat(chat_id, Chat.GROUP, title="Class")
    return Update(number, my_chat_member=ChatMemberUpdated(chat, ANNA, NOW, AWAY, HERE))


async def test_what_happens_to_a_group_waits_for_what_happened_before() -> None:
    began: list[str] = []
    go_on = asyncio.Event()

    async def handle(name: str) -> None:
        began.append(name)
        await go_on.wait()

    processor = InOrder(8)
    updates = {
        "removed": change(1, -5),
        "back": change(2, -5),
        "elsewhere": change(3, -6),
        "message": Update(4),
    }
    running = [
        asyncio.create_task(processor.process_update(update, handle(name)))
        for name, update in updates.items()
    ]
    for _ in range(50):  # each has had its chance
        await asyncio.sleep(0)
    assert sorted(began) == ["elsewhere", "message", "removed"]
    go_on.set()
    await asyncio.gather(*running)
    assert began[-1] == "back"
