// What one writes and attaches, until it is sent; nothing is lost when sending fails.

import { commands, send } from "./api.js";
import { quote } from "./bubble.js";
import { byId, el, icon, toast } from "./dom.js";
import { store } from "./store.js";

let files = []; // { file, url }
let replyTo = null; // message
let last = Promise.resolve(); // what is sent before

export function startComposer() {
  const words = byId("words");
  byId("composer").onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  words.addEventListener("input", () => {
    fit();
    suggest();
  });
  words.addEventListener("keydown", onKey);
  words.addEventListener("blur", () => setTimeout(closeMenu, 150));
  words.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    attach(pasted);
  });
  byId("attach").onclick = () => byId("picker").click();
  byId("picker").onchange = ({ target }) => {
    attach([...target.files]);
    target.value = "";
  };
  byId("slash").onclick = () => {
    if (!words.value) words.value = "/";
    words.focus();
    suggest();
  };
  store.addEventListener("moved", () => setReply(null));
  startDropping();
}

/** Add files to what will be sent. */
export function attach(added) {
  files.push(...added.map((file) => ({ file, url: URL.createObjectURL(file) })));
  drawTray();
  byId("words").focus();
}

/** Send files at once, without the words that are being written. */
export async function sendNow(added) {
  await deliver({ text: "", kind: "photo" }, added);
}

export async function sendCommand(command) {
  await deliver({ text: command }, []);
}

export function setReply(message) {
  replyTo = message;
  const bar = byId("reply");
  bar.hidden = !message;
  if (!message) return;
  const cancel = el("button", { type: "button", className: "icon", "aria-label": "Do not reply", onclick: () => setReply(null) }, icon("close"));
  bar.replaceChildren(icon("reply"), quote(message.id, { jump: () => {} }), cancel);
  byId("words").focus();
}

/** Take what is there and send it; what cannot be sent comes back, before what was added since. */
async function submit() {
  const words = byId("words");
  const text = words.value.trim();
  const taken = files;
  const reply = replyTo;
  if (!text && !taken.length) return;
  const kind = document.querySelector('input[name="kind"]:checked').value;
  const isSending = deliver({ text, kind }, taken.map(({ file }) => file));
  files = [];
  words.value = "";
  fit();
  drawTray();
  closeMenu();
  if (!(await isSending)) {
    files = [...taken, ...files];
    words.value = [text, words.value].filter(Boolean).join("\n");
    setReply(reply);
    fit();
    drawTray();
    return;
  }
  taken.forEach(({ url }) => URL.revokeObjectURL(url));
  if (!files.length) document.querySelector('input[name="kind"][value="photo"]').checked = true;
}

/** Send one thing after the other; returns whether it arrived. */
async function deliver(details, added) {
  const wanted = { person: store.me, chat: store.chat, thread: store.thread, reply_to: replyTo?.id, ...details };
  setReply(null);
  const sent = last.then(() => send(wanted, added));
  last = sent.catch(() => {});
  try {
    await sent;
  } catch (problem) {
    toast(problem.message);
    return false;
  }
  return true;
}

function drawTray() {
  byId("tray").hidden = !files.length;
  byId("files").replaceChildren(...files.map((entry) => {
    const { file, url } = entry;
    const isPicture = file.type.startsWith("image/");
    const view = isPicture ? el("img", { src: url, alt: file.name }) : el("span", { className: "other" }, file.name);
    const drop = () => {
      URL.revokeObjectURL(url);
      files = files.filter((other) => other !== entry);
      drawTray();
    };
    return el("li", {}, view, el("button", { type: "button", "aria-label": `Remove ${file.name}`, onclick: drop }, icon("close")));
  }));
}

function fit() {
  const words = byId("words");
  words.style.height = "auto";
  words.style.height = `${words.scrollHeight}px`;
}

function onKey(event) {
  const menu = byId("menu");
  if (!menu.hidden && ["ArrowDown", "ArrowUp", "Tab", "Enter", "Escape"].includes(event.key)) {
    event.preventDefault();
    if (event.key === "Escape") closeMenu();
    else if (event.key === "ArrowDown") mark(1);
    else if (event.key === "ArrowUp") mark(-1);
    else menu.querySelector('[aria-selected="true"]')?.click();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !matchMedia("(hover: none)").matches) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape" && replyTo) {
    setReply(null);
  }
}

// The command menu

async function suggest() {
  const words = byId("words");
  if (!/^\/\w*$/.test(words.value)) return closeMenu();
  let known;
  try {
    known = await commands(store.me, store.chat);
  } catch {
    return closeMenu();
  }
  const found = known.filter(({ command }) => `/${command}`.startsWith(words.value));
  if (!found.length || !/^\/\w*$/.test(words.value)) return closeMenu();
  const menu = byId("menu");
  const inGroup = store.current.type !== "private";
  menu.replaceChildren(...found.map(({ command, description }, index) => {
    const pick = async () => {
      words.value = "";
      closeMenu();
      await sendCommand(`/${command}${inGroup ? `@${store.bot.username}` : ""}`);
      words.focus();
    };
    return el("div", { role: "option", id: `command-${index}`, "aria-selected": String(index === 0), onclick: pick }, el("b", {}, `/${command}`), el("span", { dir: "auto" }, description));
  }));
  menu.hidden = false;
  words.setAttribute("aria-activedescendant", "command-0");
}

function mark(by) {
  const options = [...byId("menu").children];
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const next = options[(at + by + options.length) % options.length];
  options.forEach((option) => option.setAttribute("aria-selected", String(option === next)));
  next.scrollIntoView({ block: "nearest" });
  byId("words").setAttribute("aria-activedescendant", next.id);
}

function closeMenu() {
  byId("menu").hidden = true;
  byId("words").removeAttribute("aria-activedescendant");
}

// Drag and drop, anywhere on the chat

function startDropping() {
  const main = byId("main");
  const hasFiles = (event) => [...event.dataTransfer.types].includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    main.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => event.relatedTarget || main.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    main.classList.remove("dropping");
    attach([...event.dataTransfer.files]);
  });
}
