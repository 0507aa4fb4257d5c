// Words with entities as elements. Offsets count UTF-16 units, and so do strings in JavaScript.
// https://core.telegram.org/bots/api#messageentity

import { el } from "./dom.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code" };
const SAFE = new Set(["http:", "https:", "mailto:", "tg:"]);

/** A fragment; `onCommand` is called with a command that somebody clicks. */
export function richText(text, entities, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const fragment = document.createDocumentFragment();
  fragment.append(...span(text, 0, text.length, sorted, onCommand));
  return fragment;
}

function span(text, start, end, entities, onCommand) {
  const nodes = [];
  let at = start;
  let rest = entities;
  while (rest.length) {
    const [entity, ...others] = rest;
    const first = Math.max(entity.offset, at);
    const last = Math.min(entity.offset + entity.length, end);
    const inner = others.filter((e) => e.offset < last);
    rest = others.filter((e) => e.offset >= last);
    if (first >= last) continue;
    if (first > at) nodes.push(text.slice(at, first));
    nodes.push(wrap(entity, text.slice(first, last), span(text, first, last, inner, onCommand), onCommand));
    at = last;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function wrap(entity, words, children, onCommand) {
  if (entity.type in TAGS) return el(TAGS[entity.type], {}, ...children);
  switch (entity.type) {
    case "pre":
      return el("pre", {}, el("code", { "data-language": entity.language }, ...children));
    case "blockquote":
    case "expandable_blockquote":
      return el("blockquote", {}, ...children);
    case "spoiler":
      return spoiler(children);
    case "url":
      return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, children);
    case "text_link":
      return link(entity.url, children);
    case "email":
      return link(`mailto:${words}`, children);
    case "bot_command":
      return el("button", { type: "button", className: "link", dir: "ltr", onclick: () => onCommand(words) }, ...children);
    case "mention":
    case "hashtag":
    case "text_mention":
      return el("span", { className: "link" }, ...children);
    default:
      return el("span", {}, ...children);
  }
}

function link(address, children) {
  let url;
  try {
    url = new URL(address);
  } catch { /* no address: only words */ }
  if (!url || !SAFE.has(url.protocol)) return el("span", {}, ...children);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

function spoiler(children) {
  const button = el("span", { className: "hidden-words", role: "button", tabIndex: 0, "aria-pressed": "false", "aria-label": "Hidden words: show" }, ...children);
  const show = () => {
    button.setAttribute("aria-pressed", "true");
    button.removeAttribute("aria-label");
  };
  button.onclick = show;
  button.onkeydown = ({ key }) => key === "Enter" && show();
  return button;
}
