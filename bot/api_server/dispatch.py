"""Between wire and method: from a token, a method's name and parameters to a result."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.api_server.bots import BotAccount
from bot.api_server.errors import ApiError, NotFound
from bot.api_server.exchanges import Exchange, SentFile
from bot.api_server.faults import Faults
from bot.api_server.media import Attachment
from bot.api_server.methods import METHODS
from bot.api_server.methods.call import Call
from bot.api_server.objects import Json
from bot.api_server.params import Params, Value
from bot.api_server.world import World

_SPELLING: Final = {name.lower(): name for name in METHODS}


class Dispatcher:
    """Calls methods and reports each exchange to `record`."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        new_call: Callable[[BotAccount, Params], Call],
        record: Callable[[Exchange], None],
    ) -> None:
        self._world = world
        self._faults = faults
        self._new_call = new_call
        self._record = record

    async def call(self, token: str, method: str, values: Mapping[str, Value]) -> Json:
        """The result of a method, whose name is read without regard to case; raises ApiError."""
        bot = self._world.bot_with(token)
        name = _SPELLING.get(method.lower(), method)
        try:
            result = await self._run(bot, name, values)
        except ApiError as error:
            self._report(bot, name, values, error=error)
            raise
        except Exception as bug:
            self._report(bot, name, values, error=ApiError(500, f"Internal Server Error: {bug!r}"))
            raise
        self._report(bot, name, values, result=result)
        return result

    async def _run(self, bot: BotAccount, name: str, values: Mapping[str, Value]) -> Json:
        fault = self._faults.take(name)
        if fault is not None and not fault.acts:
            await fault.happen()
        if name not in METHODS:
            raise NotFound("method not found")
        result = await METHODS[name](self._new_call(bot, Params(values)))
        if fault is not None and fault.acts:
            await fault.happen()
        return result

    def _report(
        self,
        bot: BotAccount,
        name: str,
        values: Mapping[str, Value],
        *,
        result: Json = None,
        error: ApiError | None = None,
    ) -> None:
        params = {key: _without_bytes(value) for key, value in values.items()}
        self._record(Exchange(bot, name, params, result, error, self._world.clock()))


def _without_bytes(value: Value) -> Json | SentFile:
    if isinstance(value, Attachment):
        return SentFile(value.file_name, value.mime_type, len(value.data))
    return value
