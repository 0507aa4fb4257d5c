"""The parameters of a request, read as Telegram reads them: everything may come as a string.

https://core.telegram.org/bots/api#making-requests
"""

import json
from collections.abc import Mapping

from bot.api_server.errors import BadRequest
from bot.api_server.media import Attachment
from bot.api_server.objects import Json, JsonObject

Value = Json | Attachment  # a string from a form or query, any JSON from a JSON body, or a file


class Params:
    """Typed access by name; a missing parameter reads as None, "" or False.

    Every method raises BadRequest for a value that cannot be understood.
    """

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """A string."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, bool | list | dict | Attachment):
            raise BadRequest(f"can't parse {name}: expected a String")
        return str(_sound(str(value)))

    def integer(self, name: str) -> int | None:
        """A whole number."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            raise BadRequest(f'invalid {name} specified: "{text}"') from None

    def flag(self, name: str) -> bool:
        """True for true, yes and 1."""
        value = self.values.get(name)
        return str(value).strip().lower() in {"true", "yes", "1"}

    def json(self, name: str) -> Json:
        """A JSON value, serialised or not; None when missing."""
        value = self.values.get(name)
        if isinstance(value, Attachment):
            raise BadRequest(f"can't parse {name}: expected JSON, not a file")
        if not isinstance(value, str):
            return _sound(value)
        if not value.strip():
            return None
        try:
            return _sound(json.loads(value))
        except ValueError:
            raise BadRequest(f"can't parse {name} JSON object") from None

    def array(self, name: str) -> list[Json] | None:
        """A JSON array; None when missing."""
        value = self.json(name)
        if value is not None and not isinstance(value, list):
            raise BadRequest(f"expected an Array of {name}")
        return value

    def object(self, name: str) -> JsonObject | None:
        """A JSON object; None when missing."""
        value = self.json(name)
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f"object expected as {name}")
        return value

    def chat_id(self, name: str = "chat_id") -> int | str:
        """A chat's id, or the @name of a public group."""
        text = self.text(name).strip()
        if not text:
            raise BadRequest(f"{name} is empty")
        try:
            return int(text)
        except ValueError:
            return text

    def attachment(self, reference: Value) -> Attachment | None:
        """The uploaded file that a value is, or names by attach://; None for a file id."""
        if isinstance(reference, Attachment):
            return reference
        if isinstance(reference, str) and reference.startswith("attach://"):
            attached = self.values.get(reference.removeprefix("attach://"))
            if not isinstance(attached, Attachment):
                raise BadRequest("file attached by name was not found in the request")
            return attached
        return None


def _sound(value: Json) -> Json:
    """`value` itself; raises BadRequest when half of a surrogate pair is in it."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        words.encode()
    except UnicodeEncodeError:
        raise BadRequest("strings must be encoded in UTF-8") from None
    return value
