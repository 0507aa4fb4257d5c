// The side: who one is, in which language, and which chats there are.

import { act } from "./api.js";
import { avatar, byId, clock, el, toast } from "./dom.js";
import { store, summary } from "./store.js";

export function startSide(showChat) {
  store.addEventListener("change", () => {
    drawPeople();
    drawLanguage();
    drawChats(showChat);
  });
  byId("people").addEventListener("keydown", step);
  byId("language").onchange = ({ target }) =>
    act("language", { person: store.me, chat: store.me, code: target.value }).catch((problem) => toast(problem.message));
}

function drawPeople() {
  const buttons = store.people.map((person) => {
    const isMe = person.id === store.me;
    const button = el("button", {
      type: "button",
      role: "radio",
      "aria-checked": String(isMe),
      tabIndex: isMe ? 0 : -1,
      onclick: () => store.be(person.id),
    }, avatar(person), person.name);
    if (person.admin) button.append(el("em", {}, "admin"));
    return button;
  });
  refill(byId("people"), JSON.stringify([store.people, store.me]), buttons);
}

function step(event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = store.people.findIndex((person) => person.id === store.me);
  store.be(store.people[(at + by + store.people.length) % store.people.length].id);
  byId("people").querySelector('[aria-checked="true"]').focus();
}

function drawLanguage() {
  const select = byId("language");
  const options = store.languages.map(({ code, name }) => el("option", { value: code, lang: code }, name));
  refill(select, JSON.stringify(store.languages), options);
  select.value = store.person.language;
}

function drawChats(showChat) {
  const items = store.ownChats.map((chat) => {
    const last = [...chat.messages.values()].at(-1);
    const isGroup = chat.type !== "private";
    const count = store.unread(chat);
    const author = last && !last.service && isGroup ? `${last.sender === store.me ? "You" : last.name}: ` : "";
    const words = last ? author + summary(last) : "Say hello";
    const open = () => {
      if (chat.id !== store.chat) store.open(chat.id);
      showChat();
    };
    return el("li", {}, el("button", { type: "button", "aria-current": chat.id === store.chat ? "true" : undefined, onclick: open },
      avatar({ id: chat.id, name: chat.title, isBot: !isGroup }),
      el("b", {}, chat.title),
      el("time", {}, last ? clock(last.date) : ""),
      el("p", { dir: "auto" }, words),
      count ? el("span", { className: "count", "aria-label": `${count} unread` }, String(count)) : el("span"),
    ));
  });
  const signature = JSON.stringify([store.me, store.chat, store.ownChats.map((c) => [c.id, [...c.messages.values()].at(-1), store.unread(c)])]);
  refill(byId("chats"), signature, items);
}

/** Fill anew only where something changed, so that focus stays where it is. */
function refill(parent, signature, children) {
  if (parent.dataset.signature === signature) return;
  parent.dataset.signature = signature;
  const focused = [...parent.children].findIndex((child) => child.contains(document.activeElement));
  parent.replaceChildren(...children);
  if (focused >= 0) (parent.children[focused]?.querySelector("button") ?? parent.children[focused])?.focus();
}
