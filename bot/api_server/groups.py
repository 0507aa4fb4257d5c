"""What happens to groups and their members, and who is told: joining, rights, topics, migration.

https://core.telegram.org/bots/api#chatmemberupdated
"""

from dataclasses import replace

from bot.api_server.chats import Chat, Member, Status
from bot.api_server.objects import ChatType, JsonObject, User
from bot.api_server.render import member_json
from bot.api_server.world import World


def set_status(
    world: World,
    chat: Chat,
    user: User,
    status: Status,
    *,
    by: User,
    is_anonymous: bool = False,
) -> None:
    """Make `user` a member, an admin, or nobody; bots are told as far as it concerns them."""
    before = chat.members.get(user.id, Member(user, Status.LEFT))
    after = Member(user, status, is_anonymous)
    chat.members[user.id] = after
    _tell_of_change(world, chat, before, after, by)
    if not chat.is_group:
        return
    if status.is_in and not before.status.is_in:
        world.post(chat, by, service={"new_chat_members": [user.to_json()]})
    elif before.status.is_in and not status.is_in:
        world.post(chat, by, service={"left_chat_member": user.to_json()})


def _tell_of_change(world: World, chat: Chat, before: Member, after: Member, by: User) -> None:
    body: JsonObject = {
        "chat": chat.to_json(),
        "from": by.to_json(),
        "date": int(world.clock()),
        "old_chat_member": member_json(before),
        "new_chat_member": member_json(after),
    }
    for bot in world.bots.values():
        if bot.id == after.user.id:
            bot.updates.put("my_chat_member", body)
        elif chat.is_group and chat.status(bot.id).is_admin:
            bot.updates.put("chat_member", body)


def set_blocked(world: World, chat: Chat, person: User, *, blocked: bool) -> None:
    """A person blocks the bot of a private chat, or lets it in again."""
    for member in tuple(chat.members.values()):
        if member.user.is_bot:
            status = Status.KICKED if blocked else Status.MEMBER
            set_status(world, chat, member.user, status, by=person)


def open_topic(world: World, chat: Chat, name: str, *, by: User) -> int:
    """A new topic of a forum: the thread id is that of the message which opened it."""
    if not chat.is_forum:
        raise LookupError(f"{chat.title} has no topics")
    service = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    return world.post(chat, by, service=service).message_id


def migrate(world: World, chat: Chat, *, by: User) -> Chat:
    """A group becomes a supergroup: a new chat with a new id, and the old one closed."""
    new = world.add_group(chat.title or "", ChatType.SUPERGROUP)
    new.members = {user_id: replace(member) for user_id, member in chat.members.items()}
    world.post(chat, by, service={"migrate_to_chat_id": new.id})
    chat.migrated_to = new.id
    world.post(new, by, service={"migrate_from_chat_id": chat.id})
    return new
