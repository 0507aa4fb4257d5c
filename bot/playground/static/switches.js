// The settings of the open chat: what the bot is in it and hears there, and who one is oneself.

import { act } from "./api.js";
import { byId, el, toast } from "./dom.js";
import { store } from "./store.js";

// Name, whose state is a field of the chat or of one's membership; label; what it does.
const IN_GROUPS = [
  ["privacy", "Privacy mode", "The bot hears only commands, replies to it and what is sent with them. Holds in all groups."],
  ["bot_in", "The bot is a member", "Remove it, or add it again."],
  ["bot_admin", "The bot is an admin", "Admins hear everything, whatever the privacy mode."],
];
const AS_ADMIN = [["anonymous", "Write anonymously", "In the name of the group, as its admins may."]];
const IN_PRIVATE = [["blocked", "Block the bot", "It can no longer write to you, nor you to it."]];

export function startSwitches() {
  store.addEventListener("change", draw);
  const box = byId("switches");
  store.addEventListener("moved", () => box.hidePopover());
  box.addEventListener("toggle", ({ newState }) => {
    const button = byId("chat-settings");
    button.setAttribute("aria-expanded", String(newState === "open"));
    const { right, bottom } = button.getBoundingClientRect();
    box.style.left = `${Math.max(8, Math.min(right, innerWidth - 8) - box.offsetWidth)}px`;
    box.style.top = `${bottom + 8}px`;
  });
}

function draw() {
  const chat = store.current;
  const me = chat.members.find(({ id }) => id === store.me);
  const state = { ...chat, anonymous: me?.anonymous };
  const wanted = chat.type === "private" ? IN_PRIVATE : me?.admin ? [...IN_GROUPS, ...AS_ADMIN] : IN_GROUPS;
  const box = byId("switches");
  const signature = JSON.stringify([chat.id, wanted.map(([name]) => [name, state[name]])]);
  if (box.dataset.signature === signature) return;
  box.dataset.signature = signature;
  const focused = document.activeElement?.name;
  const rows = wanted.map(([name, label, hint]) => toggle(name, label, hint, state));
  if (chat.type === "group") rows.push(el("button", { type: "button", className: "plain", onclick: migrate }, "Make it a supergroup"));
  box.replaceChildren(el("h2", {}, "Chat settings"), ...rows);
  if (focused) box.querySelector(`[name="${focused}"]`)?.focus();
}

function toggle(name, label, hint, state) {
  const input = el("input", { type: "checkbox", role: "switch", name, checked: state[name], disabled: name === "bot_admin" && !state.bot_in });
  input.setAttribute("aria-describedby", `hint-${name}`);
  input.onchange = async () => {
    if (!(await attempt(name, { on: input.checked }))) input.checked = state[name];
  };
  const words = el("span", {}, el("b", {}, label), el("small", { id: `hint-${name}`, "aria-hidden": "true" }, hint));
  return el("label", { className: "switch" }, words, input);
}

async function migrate() {
  await attempt("migrate", {});
}

async function attempt(what, details) {
  try {
    await act(what, { person: store.me, chat: store.chat, ...details });
    return true;
  } catch (problem) {
    toast(problem.message);
    return false;
  }
}
