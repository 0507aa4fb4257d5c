// Building blocks of the page: elements are made one by one, never from strings of HTML.

/** An element with properties, attributes (names with a dash or in ATTRIBUTES) and children. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

/** One of the symbols in index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A round picture of somebody: the bot's icon, or the first letter in a colour of their own. */
export function avatar({ id, name, isBot = false }) {
  const inside = isBot ? el("img", { src: "/static/icon.svg", alt: "" }) : [...name][0] ?? "?";
  const circle = el("span", { className: "avatar", "aria-hidden": "true" }, inside);
  circle.style.setProperty("--hue", hue(id));
  return circle;
}

export const hue = (id) => (Math.abs(id) * 137) % 360;

/** Make `parent` hold exactly `nodes`, touching only what differs. */
export function reconcile(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

let hiding;

/** Say something for a moment. */
export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove("shown"), Math.max(3500, text.length * 70));
}

/** Say something that has to be acknowledged, as bots do with show_alert. */
export function alertBox(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}

/** Show a picture as large as the window. */
export function enlarge(src, description, isPixelated = false) {
  const box = byId("box");
  const image = box.querySelector("img");
  image.src = src;
  image.alt = description;
  image.style.imageRendering = isPixelated ? "pixelated" : "";
  box.showModal();
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function bytes(size) {
  if (size < 1024) return `${size} B`;
  if (size < 1024 ** 2) return `${(size / 1024).toFixed(1)} KB`;
  return `${(size / 1024 ** 2).toFixed(1)} MB`;
}
