"""Methods by which a bot gets its updates and files.

https://core.telegram.org/bots/api#getting-updates
"""

from typing import Final

from bot.api_server.bots import Webhook
from bot.api_server.errors import WEBHOOK_ACTIVE, BadRequest, Conflict
from bot.api_server.methods.call import Call
from bot.api_server.objects import Json, JsonObject
from bot.api_server.webhook import checked_certificate, checked_secret, checked_url

_LONGEST_POLL: Final = 50  # seconds


async def get_updates(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getupdates."""
    params = call.params
    if call.bot.webhook is not None:
        raise Conflict(WEBHOOK_ACTIVE)
    _set_allowed_updates(call)
    limit = params.integer("limit")
    updates = await call.bot.updates.poll(
        offset=params.integer("offset") or 0,
        limit=min(max(100 if limit is None else limit, 1), 100),
        timeout=min(max(params.integer("timeout") or 0, 0), _LONGEST_POLL),
    )
    return [update.to_json() for update in updates]


async def set_webhook(call: Call) -> Json:
    """https://core.telegram.org/bots/api#setwebhook; an empty address deletes it."""
    params = call.params
    url = params.text("url")
    if not url:
        return await delete_webhook(call)
    connections = params.integer("max_connections")
    certificate = params.attachment(params.values.get("certificate"))
    webhook = Webhook(
        checked_url(url),
        checked_secret(params.text("secret_token")),
        min(max(40 if connections is None else connections, 1), 100),
        checked_certificate(certificate.data) if certificate else None,
    )
    _set_allowed_updates(call)
    if params.flag("drop_pending_updates"):
        call.bot.updates.clear()
    call.bot.webhook = webhook
    call.webhooks.start(call.bot)
    return True


async def delete_webhook(call: Call) -> Json:
    """https://core.telegram.org/bots/api#deletewebhook."""
    call.webhooks.stop(call.bot)
    call.bot.webhook = None
    if call.params.flag("drop_pending_updates"):
        call.bot.updates.clear()
    return True


async def get_webhook_info(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getwebhookinfo."""
    updates = call.bot.updates
    info: JsonObject = {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates),
    }
    if updates.allowed:
        info["allowed_updates"] = list(updates.allowed)
    return info | (call.bot.webhook.to_json() if call.bot.webhook is not None else {})


async def get_file(call: Call) -> Json:
    """https://core.telegram.org/bots/api#getfile."""
    file = call.files.get(call.params.text("file_id"))
    call.files.offer(file)
    return file.to_json() | {"file_path": file.path}


def _set_allowed_updates(call: Call) -> None:
    """An omitted list keeps the one before."""
    allowed = call.params.array("allowed_updates")
    if allowed is None:
        return
    if not all(isinstance(kind, str) for kind in allowed):
        raise BadRequest("can't parse allowed_updates: expected an Array of String")
    call.bot.updates.allowed = tuple(allowed)
