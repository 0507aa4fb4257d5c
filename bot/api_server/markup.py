"""Inline keyboards: what Telegram accepts under a message.

https://core.telegram.org/bots/api#inlinekeyboardmarkup
"""

from typing import Final

from bot.api_server.errors import BadRequest
from bot.api_server.objects import Json, JsonObject

_ACTIONS: Final = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_OTHER_MARKUPS: Final = ("keyboard", "remove_keyboard", "force_reply")
_UNREADABLE: Final = "can't parse inline keyboard button:"


def inline_keyboard(markup: Json) -> JsonObject | None:
    """The keyboard that goes under the message; None for the markups that show elsewhere.

    Raises BadRequest for buttons that Telegram refuses.
    """
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise BadRequest("object expected as reply markup")
    if any(name in markup for name in _OTHER_MARKUPS):
        return None
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadRequest('field "inline_keyboard" must be of type Array')
    kept = [[_checked(button) for button in row] for row in rows if row]
    if sum(map(len, kept)) > 100:
        raise BadRequest("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _checked(button: Json) -> JsonObject:
    if not isinstance(button, dict):
        raise BadRequest(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise BadRequest(f'{_UNREADABLE} Field "text" must be of type String and not empty')
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise BadRequest(f"{_UNREADABLE} Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise BadRequest(f"{_UNREADABLE} exactly one of the optional fields must be used")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise BadRequest("BUTTON_DATA_INVALID")
    if "url" in button and "." not in str(button["url"]) and "://" not in str(button["url"]):
        raise BadRequest(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button
