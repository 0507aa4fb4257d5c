// The menu of one message: react, reply, look inside, edit, delete.

import { act } from "./api.js";
import { react } from "./bubble.js";
import { byId, el, icon, toast } from "./dom.js";
import { isReadable, store } from "./store.js";

const EMOJI = ["👍", "❤", "🔥", "🎉", "🤔", "👎"];

export function showActions(button, message, on) {
  const menu = byId("actions");
  const close = (then) => () => {
    menu.hidePopover();
    then();
  };
  const row = el("div", { className: "emoji", role: "group", "aria-label": "React" });
  for (const emoji of EMOJI) {
    const mine = message.reactions.some((r) => r.by === store.me && r.emoji === emoji);
    row.append(el("button", { type: "button", onclick: close(() => react(message, mine ? null : emoji)) }, emoji));
  }
  const items = [item("reply", "Reply", close(() => on.reply(message)))];
  if (isReadable(message)) items.push(item("lens", "Look inside", close(() => on.look(message))));
  if (message.sender === store.me && message.text) items.push(item("pen", "Edit", close(() => edit(message))));
  items.push(item("bin", "Delete", close(() => remove(message))));
  menu.replaceChildren(row, ...items);
  menu.onkeydown = (event) => step(event, [...menu.querySelectorAll("button")]);
  menu.ontoggle = ({ newState }) => {
    button.setAttribute("aria-expanded", String(newState === "open"));
    if (newState === "closed" && document.activeElement === document.body) button.focus();
  };
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  items[0].focus();
}

const item = (name, words, onclick) => el("button", { type: "button", role: "menuitem", onclick }, icon(name), words);

function place(menu, from) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.min(Math.max(8, from.left - width / 2), innerWidth - width - 8);
  const below = from.bottom + 6 + height < innerHeight;
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, below ? from.bottom + 6 : from.top - height - 6)}px`;
}

function step(event, buttons) {
  const by = { ArrowDown: 1, ArrowUp: -1, ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + by + buttons.length) % buttons.length].focus();
}

async function edit(message) {
  const text = prompt("Other words:", message.text);
  if (text !== null) await attempt("edit", message, { text });
}

const remove = (message) => attempt("delete", message, {});

async function attempt(what, message, details) {
  try {
    await act(what, { person: store.me, chat: message.chat, message: message.id, ...details });
  } catch (problem) {
    toast(problem.message);
  }
}
