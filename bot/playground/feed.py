"""What happens on the server, pushed to every open page.

A page gets everything there is when it connects, and from then on each change. One that falls too
far behind is cut off: it connects anew, and gets everything.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.api_server.world import Event
from bot.playground import views
from bot.playground.cast import Cast
from bot.playground.views import JsonObject

_BACKLOG: Final = 2_000  # events that may wait for one page

Subscription = asyncio.Queue[JsonObject | None]


class Feed:
    """The events of one playground; None ends a subscription."""

    def __init__(self, cast: Cast, *, is_exposed: bool = False) -> None:
        self._cast = cast
        self._is_exposed = is_exposed
        self._subscriptions: set[Subscription] = set()
        cast.server.world.listeners.append(self._on_event)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """A queue that begins with everything and goes on with what changes."""
        queue: Subscription = asyncio.Queue(_BACKLOG)
        queue.put_nowait(self.everything())
        self._subscriptions.add(queue)
        try:
            yield queue
        finally:
            self._subscriptions.discard(queue)

    def everything(self) -> JsonObject:
        """All that a new page needs to know."""
        return {
            "type": "everything",
            **views.playground(self._cast, is_exposed=self._is_exposed),
            "messages": [
                views.message(chat, message)
                for chat in self._cast.chats
                for message in chat.messages.values()
            ],
        }

    def setup_changed(self) -> None:
        """Tell the pages about people, chats and their settings again."""
        state = views.playground(self._cast, is_exposed=self._is_exposed)
        self._push({"type": "setup", **state})

    def close(self) -> None:
        """Hear no more, and let every page go."""
        self._cast.server.world.listeners.remove(self._on_event)
        for queue in tuple(self._subscriptions):
            self._end(queue)

    def _on_event(self, event: Event) -> None:
        chat, message = event.chat, event.message
        if event.action is not None:
            self._push({"type": "action", **views.action(chat, event.action)})
        elif message is None:
            return
        elif event.kind == "deleted":
            self._push({"type": "deleted", "chat": chat.id, "id": message.message_id})
        else:
            self._push({"type": "message", "message": views.message(chat, message)})
        if message is not None and message.service is not None:
            self.setup_changed()  # somebody came or went, or a topic was opened

    def _push(self, event: JsonObject) -> None:
        for queue in tuple(self._subscriptions):
            if queue.full():
                self._end(queue)
            else:
                queue.put_nowait(event)

    def _end(self, queue: Subscription) -> None:
        self._subscriptions.discard(queue)
        while queue.full():
            queue.get_nowait()
        queue.put_nowait(None)
