// One message, or one album, as elements.

import { act, fileUrl } from "./api.js";
import { alertBox, avatar, bytes, clock, el, enlarge, hue, icon, toast } from "./dom.js";
import { richText } from "./rich_text.js";
import { isReadable, store, summary } from "./store.js";

/** A list item for `messages`: several are one album. `place` tells if it begins or ends a row. */
export function bubble(messages, place, on) {
  const [head] = messages;
  if (head.service) return el("li", { className: "service", "data-message": head.id }, el("span", {}, head.service));
  const isOwn = head.sender === store.me;
  const inGroup = store.current.type !== "private";
  const item = el("li", {
    className: ["message", isOwn && "own", place.isFirst && "first", place.isLast && "last"].filter(Boolean).join(" "),
    tabIndex: -1,
    "data-message": head.id,
    "aria-label": `${isOwn ? "You" : head.name}, ${clock(head.date)}`,
  });
  if (inGroup && !isOwn) {
    const face = avatar({ id: head.sender, name: head.name, isBot: head.from_bot });
    if (!place.isLast) face.classList.add("blank");
    item.append(face);
  }
  const stack = el("div", { className: "stack" }, body(messages, inGroup && !isOwn && place.isFirst, on));
  if (head.buttons.length) stack.append(keys(head));
  const reactions = messages.flatMap((message) => message.reactions);
  if (reactions.length) stack.append(reactionRow(head, reactions));
  item.append(stack, more(messages, on));
  item.addEventListener("dblclick", (event) => event.target.closest("button, a") || on.reply(head));
  return item;
}

function body(messages, withName, on) {
  const [head] = messages;
  const captioned = messages.filter((message) => message.text);
  const worded = captioned[0] ?? head;
  const isBare = head.media?.kind === "sticker";
  const box = el("div", { className: `bubble${isBare ? " bare" : ""}` });
  if (withName) {
    const name = el("div", { className: "name" }, head.name);
    name.style.setProperty("--hue", hue(head.sender));
    box.append(name);
  }
  if (head.reply_to) box.append(quote(head.reply_to, on));
  const media = messages.filter((message) => message.media).map(mediaOf);
  const pictures = media.filter((node) => node.matches("button"));
  const files = media.filter((node) => !node.matches("button"));
  const words = captioned.length === 1 ? wordsOf(worded, on) : null; // of several, each is with its picture
  if (words && head.caption_above) box.append(words);
  if (pictures.length) {
    const layout = arrangement(messages.map(({ media: { width, height } }) => width / height));
    const kind = isBare ? " sticker" : "";
    const over = words && !head.caption_above ? "" : " over";
    const frame = el("div", { className: `media ${layout}${kind}${over}` }, ...pictures);
    if (over) frame.append(stamp(worded));
    if (pictures.length === 1 && !isBare) box.style.width = `${shownWidth(head.media)}px`;
    box.append(frame);
  }
  box.append(...files);
  if (words && !head.caption_above) box.append(words);
  return box;
}

/** How the pictures of an album lie: by their number and shapes, so that little is cut off. */
function arrangement(ratios) {
  if (ratios.length === 1) return "one";
  if (Math.min(...ratios) > 1.7) return ratios.length < 4 ? "one" : "two whole";
  return [2, 4].includes(ratios.length) ? "two" : "three";
}

function wordsOf(message, on) {
  const box = el("div", { className: "words", dir: "auto" }, richText(message.text, message.entities, on.command));
  box.append(stamp(message));
  return box;
}

/** As wide as Telegram would show it: a picture is neither a strip nor a tower. */
const shownWidth = ({ width, height }) => Math.round(Math.min(400, Math.max(200, (310 * width) / height)));

const stamp = (message) =>
  el("span", { className: "stamp" }, `${message.edited ? "edited " : ""}${clock(message.date)}`);

function mediaOf(message) {
  const { media } = message;
  const address = fileUrl(media.file);
  if (media.kind === "photo" || (media.kind === "sticker" && !media.moves)) {
    const name = media.kind === "photo" ? "Photo" : "Sticker";
    const description = `${name} from ${message.name}${message.album && message.text ? `, ${message.text}` : ""}`;
    const image = el("img", { src: address, alt: description, width: media.width, height: media.height, decoding: "async" });
    const open = el("button", { type: "button", "aria-label": `Enlarge: ${description}` }, image);
    if (message.spoiler) open.className = "spoiler";
    open.onclick = () => {
      if (open.classList.replace("spoiler", "shown")) return;
      enlarge(address, description);
    };
    return open;
  }
  const isPicture = /^image\/(png|jpeg|gif|webp|bmp)$/.test(media.mime ?? "");
  const sign = isPicture ? el("img", { src: address, alt: "" }) : icon("file");
  const name = media.name ?? media.kind;
  return el("a", { className: "file", href: address, download: name, target: "_blank" }, sign, el("b", {}, name), el("span", {}, bytes(media.size), message.text ? null : stamp(message)));
}

/** What a message replies to, in two lines. */
export function quote(id, on) {
  const quoted = store.current.messages.get(id);
  if (!quoted) return el("div", { className: "quote" }, el("b", {}, "Deleted message"));
  const name = quoted.sender === store.me ? "You" : quoted.name;
  const line = el("button", { type: "button", className: "quote", onclick: () => on.jump(id) }, el("b", {}, name), el("span", { dir: "auto" }, summary(quoted)));
  if (quoted.media && ["photo", "sticker"].includes(quoted.media.kind)) {
    line.prepend(el("img", { src: fileUrl(quoted.media.file), alt: "" }));
  }
  return line;
}

function keys(message) {
  const rows = message.buttons.map((row) => el("div", {}, ...row.map((button) => key(message, button))));
  return el("div", { className: "keys", role: "group", "aria-label": "Buttons" }, ...rows);
}

function key(message, { text, callback_data: data, url }) {
  if (url) {
    const isSafe = /^(https?|tg):/i.test(url);
    return el("a", { href: isSafe ? url : undefined, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, text);
  }
  const button = el("button", { type: "button", dir: "auto", disabled: data === undefined }, text);
  button.onclick = async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    try {
      const answer = await act("press", { person: store.me, chat: message.chat, message: message.id, data });
      if (answer.text) (answer.alert ? alertBox : toast)(answer.text);
    } catch (problem) {
      toast(problem.message);
    } finally {
      button.ariaBusy = null;
    }
  };
  return button;
}

function reactionRow(message, reactions) {
  const counts = Map.groupBy(reactions, (reaction) => reaction.emoji);
  const buttons = [...counts].map(([emoji, given]) => {
    const isMine = given.some(({ by }) => by === store.me);
    const label = `${emoji} ${given.length}`;
    return el("button", { type: "button", "aria-pressed": String(isMine), onclick: () => react(message, isMine ? null : emoji) }, label);
  });
  return el("div", { className: "reactions" }, ...buttons);
}

export const react = (message, emoji) =>
  act("react", { person: store.me, chat: message.chat, message: message.id, emoji }).catch((problem) => toast(problem.message));

function more(messages, on) {
  const button = el("button", { type: "button", className: "icon more", "aria-label": "What to do with this message", "aria-haspopup": "menu" }, icon("more"));
  button.onclick = () => on.actions(button, messages.find(isReadable) ?? messages[0]);
  return button;
}
