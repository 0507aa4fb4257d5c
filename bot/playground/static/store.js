// All that the page knows, kept current by the server's events; views listen for "change".

const ACTION_LASTS = 5500; // ms; Telegram shows one for five seconds, or until the bot writes

class Store extends EventTarget {
  bot = null;
  people = [];
  languages = [];
  chats = new Map(); // id → chat, with `messages`: id → message
  actions = new Map(); // "chat/thread" → { action, timer }
  me = null; // person id
  chat = null; // chat id
  thread = null; // topic id, null for General
  seen = new Map(); // "person/chat" → highest message id read
  isExposed = false;
  isConnected = false;

  connect() {
    const events = new EventSource("/api/events");
    events.onmessage = ({ data }) => this.#apply(JSON.parse(data));
    events.onerror = () => {
      if (this.isConnected) {
        this.isConnected = false;
        this.#tell("lost");
        this.#tell("change");
      }
      if (events.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), 1500);
    };
  }

  get person() {
    return this.people.find((person) => person.id === this.me);
  }

  get current() {
    return this.chats.get(this.chat);
  }

  /** The chats of whoever one is, the latest first. */
  get ownChats() {
    return [...this.chats.values()]
      .filter((chat) => chat.members.some((member) => member.id === this.me))
      .sort((a, b) => (b.type === "private") - (a.type === "private"));
  }

  /** The messages of the open chat or topic, oldest first. */
  get shown() {
    return this.current ? [...this.current.messages.values()].filter((m) => this.#isHere(m)) : [];
  }

  get action() {
    return this.actions.get(`${this.chat}/${this.thread}`)?.action;
  }

  unread(chat) {
    const seen = this.seen.get(`${this.me}/${chat.id}`) ?? 0;
    return [...chat.messages.values()].filter(
      (m) => m.id > seen && m.sender !== this.me && !m.service,
    ).length;
  }

  be(person) {
    this.me = person;
    if (!this.ownChats.some((chat) => chat.id === this.chat)) this.open(this.ownChats[0]?.id);
    else this.#moved();
  }

  open(chat, thread = null) {
    this.chat = chat;
    this.thread = thread;
    this.#moved();
  }

  #moved() {
    localStorage.setItem("place", JSON.stringify([this.me, this.chat, this.thread]));
    this.#markRead();
    this.#tell("moved");
    this.#tell("change");
  }

  #apply(event) {
    switch (event.type) {
      case "everything":
        this.isConnected = true;
        this.#setUp(event, new Map());
        for (const message of event.messages) this.chats.get(message.chat)?.messages.set(message.id, message);
        this.#goBack();
        return;
      case "setup":
        this.#follow(this.current, () => this.#setUp(event, this.chats));
        break;
      case "message":
        this.#receive(event.message);
        break;
      case "deleted":
        this.chats.get(event.chat)?.messages.delete(event.id);
        break;
      case "action":
        this.#act(`${event.chat}/${event.thread}`, event.action);
        break;
    }
    this.#markRead();
    this.#tell("change");
  }

  #setUp(event, before) {
    this.bot = event.bot;
    this.people = event.people;
    this.languages = event.languages;
    this.isExposed = event.exposed;
    this.chats = new Map(
      event.chats.map((chat) => [chat.id, { ...chat, messages: before.get(chat.id)?.messages ?? new Map() }]),
    );
  }

  /** Where one was before the page was loaded, if that is still there. */
  #goBack() {
    let place = [];
    try {
      place = JSON.parse(localStorage.getItem("place")) ?? [];
    } catch { /* somebody else's words: begin anew */ }
    const [me, chat, thread] = this.me ? [this.me, this.chat, this.thread] : place;
    this.me = this.people.some((person) => person.id === me) ? me : this.people[0].id;
    const there = this.ownChats.find((each) => each.id === chat) ?? this.ownChats[0];
    this.open(there.id, there.topics.some((topic) => topic.id === thread) ? thread : null);
  }

  /** A group that becomes a supergroup is another chat from then on: go with it. */
  #follow(before, change) {
    change();
    if (this.current) return;
    const same = this.ownChats.find((chat) => chat.title === before.title && chat.type === "supergroup");
    this.open((same ?? this.ownChats[0]).id);
  }

  #receive(message) {
    const messages = this.chats.get(message.chat)?.messages;
    if (!messages) return;
    const isNew = !messages.has(message.id);
    messages.set(message.id, message);
    if (message.from_bot) this.#act(`${message.chat}/${message.thread}`, null);
    this.dispatchEvent(new CustomEvent("message", { detail: { message, isNew } }));
  }

  #act(place, action) {
    clearTimeout(this.actions.get(place)?.timer);
    this.actions.delete(place);
    if (!action) return;
    const timer = setTimeout(() => {
      this.actions.delete(place);
      this.#tell("change");
    }, ACTION_LASTS);
    this.actions.set(place, { action, timer });
  }

  #markRead() {
    const chat = this.current;
    if (chat) this.seen.set(`${this.me}/${chat.id}`, Math.max(0, ...chat.messages.keys()));
  }

  #isHere(message) {
    return !this.current.topics.length || message.thread === this.thread;
  }

  #tell(what) {
    this.dispatchEvent(new Event(what));
  }
}

export const store = new Store();

const PICTURES = new Set(["photo", "sticker", "document"]);

/** Whether the bot's reader could be asked what is in this message. */
export const isReadable = (message) => Boolean(message.media && PICTURES.has(message.media.kind) && !message.media.moves);

/** One line that stands for a message. */
export function summary(message) {
  if (message.service) return message.service;
  const kinds = { photo: "Photo", sticker: "Sticker", document: message.media?.name ?? "File" };
  const media = message.media ? (kinds[message.media.kind] ?? message.media.kind) : "";
  return [media, message.text.replaceAll("\n", " ")].filter(Boolean).join(", ");
}
