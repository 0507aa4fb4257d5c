// The open chat: its header, topics and messages, brought in line with the store at each change.

import { act } from "./api.js";
import { bubble } from "./bubble.js";
import { showActions } from "./actions.js";
import { avatar, byId, el, icon, reconcile, toast } from "./dom.js";
import { store } from "./store.js";

const ACTIONS = {
  typing: "typing",
  upload_photo: "sending a photo",
  upload_document: "sending a file",
  choose_sticker: "choosing a sticker",
};
const TOGETHER = 300; // seconds within which messages of one sender form a row
const NEAR_END = 120; // pixels from the end within which the chat follows new messages

let drawn = new Map(); // key → { signature, node }
let stays = true; // whether the end is in sight, and is to be kept there

export function startChat(on) {
  const scroller = byId("scroller");
  const toEnd = () => scroller.scrollTo({ top: scroller.scrollHeight });
  const handlers = { ...on, jump, actions: (button, message) => showActions(button, message, on) };
  store.addEventListener("moved", () => {
    drawn = new Map();
    stays = true;
    byId("log").replaceChildren();
  });
  store.addEventListener("change", () => {
    drawHeader();
    drawTopics();
    drawLog(handlers);
    if (stays) toEnd();
  });
  store.addEventListener("message", ({ detail: { message, isNew } }) => {
    if (isNew && message.sender === store.me) stays = true;
  });
  scroller.addEventListener("scroll", () => {
    stays = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
    byId("to-end").hidden = stays;
  });
  new ResizeObserver(() => stays && toEnd()).observe(byId("log"));
  new ResizeObserver(() => stays && toEnd()).observe(scroller);
  byId("to-end").onclick = toEnd;
}

function drawHeader() {
  const chat = store.current;
  const isGroup = chat.type !== "private";
  const face = avatar({ id: chat.id, name: chat.title, isBot: !isGroup });
  face.id = "avatar";
  byId("avatar").replaceWith(face);
  byId("title").textContent = chat.title;
  const action = store.action;
  const idle = isGroup ? `${chat.members.length} members` : chat.blocked ? "blocked" : "bot";
  const subtitle = !store.isConnected ? "connecting…" : action ? `${isGroup ? `${store.bot.name} is ` : ""}${ACTIONS[action] ?? action}…` : idle;
  byId("subtitle").textContent = subtitle;
  byId("subtitle").classList.toggle("busy", Boolean(action));
  byId("exposed").hidden = !store.isExposed;
  document.title = `${chat.title} · DigitBot playground`;
}

function drawTopics() {
  const { id, topics } = store.current;
  const bar = byId("topics");
  bar.hidden = topics.length === 0;
  const tabs = [{ id: null, name: "General" }, ...topics].map((topic) =>
    el("button", {
      type: "button",
      role: "tab",
      "aria-selected": String(topic.id === store.thread),
      onclick: () => store.open(id, topic.id),
    }, topic.name),
  );
  const add = el("button", { type: "button", className: "add", "aria-label": "Open a topic" }, icon("plus"));
  add.onclick = async () => {
    const name = prompt("Name of the new topic:");
    if (!name) return;
    try {
      store.open(id, (await act("topics", { person: store.me, chat: id, name })).id);
    } catch (problem) {
      toast(problem.message);
    }
  };
  const signature = JSON.stringify([topics, store.thread]);
  if (bar.dataset.signature === signature) return;
  bar.dataset.signature = signature;
  bar.replaceChildren(...tabs, add);
}

function drawLog(handlers) {
  const messages = store.shown;
  const groups = albums(messages);
  const now = new Map();
  const nodes = [];
  let day = "";
  groups.forEach((group, index) => {
    const today = new Date(group[0].date * 1000).toDateString();
    if (today !== day) nodes.push(keep(now, today, today, () => dayLine(group[0].date)));
    const place = {
      isFirst: today !== day || !goesWith(groups[index - 1]?.[0], group[0]),
      isLast: !goesWith(group[0], groups[index + 1]?.[0]),
    };
    day = today;
    const quoted = store.current.messages.get(group[0].reply_to);
    const signature = JSON.stringify([group, place, store.me, quoted]);
    nodes.push(keep(now, `m${group[0].id}`, signature, () => bubble(group, place, handlers)));
  });
  const isEmpty = !messages.some((message) => !message.service);
  if (isEmpty) nodes.push(keep(now, "intro", store.thread, () => intro(handlers)));
  if (store.action) nodes.push(keep(now, "action", store.action, () => actionBubble(store.action)));
  const focused = document.activeElement?.closest?.("#log > li")?.dataset.message;
  reconcile(byId("log"), nodes);
  drawn = now;
  if (focused && document.activeElement === document.body) {
    byId("log").querySelector(`[data-message="${focused}"]`)?.focus({ preventScroll: true });
  }
}

/** The element drawn for `key` before, or a new one if what it shows has changed. */
function keep(now, key, signature, draw) {
  const before = drawn.get(key);
  const entry = before?.signature === signature ? before : { signature, node: draw() };
  if (before && entry !== before) entry.node.style.animation = "none"; // an edit is no arrival
  now.set(key, entry);
  return entry.node;
}

function albums(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function goesWith(a, b) {
  return Boolean(a && b && !a.service && !b.service && a.sender === b.sender && b.date - a.date < TOGETHER);
}

function dayLine(seconds) {
  const date = new Date(seconds * 1000);
  const isToday = date.toDateString() === new Date().toDateString();
  return el("li", { className: "day" }, el("span", {}, isToday ? "Today" : date.toLocaleDateString([], { day: "numeric", month: "long" })));
}

function intro(handlers) {
  const isPrivate = store.current.type === "private";
  const title = isPrivate ? "What can this bot do?" : store.current.title;
  const words = isPrivate
    ? store.person.description
    : "Nothing here yet. Send a photo with a digit, then reply to it with /digit, as somebody else if you like.";
  const card = el("div", {}, el("img", { src: "/static/icon.svg", alt: "" }), el("b", {}, title), el("p", { dir: "auto" }, words));
  if (isPrivate) card.append(el("button", { type: "button", className: "primary", onclick: () => handlers.command("/start") }, "Start"));
  return el("li", { className: "intro" }, card);
}

function actionBubble(action) {
  const words = action === "typing" ? [] : [el("span", {}, `${ACTIONS[action] ?? action}…`)];
  const dots = [el("i"), el("i"), el("i")];
  return el("li", { className: "typing first last", "aria-hidden": "true" }, el("div", { className: "stack" }, el("div", { className: "bubble" }, ...dots, ...words)));
}

function jump(id) {
  const item = byId("log").querySelector(`[data-message="${id}"]`);
  if (!item) return;
  item.scrollIntoView({ block: "center", behavior: "smooth" });
  item.focus({ preventScroll: true });
}

