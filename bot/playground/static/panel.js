// Inside the reader: what each stage made of the last photo, or of the one that was pointed at.

import { fileUrl, look } from "./api.js";
import { byId, el, enlarge, icon } from "./dom.js";
import { isReadable, store } from "./store.js";

const STAGES = {
  decoded: ["Decoded", "Upright, made small"],
  ink: ["Ink", "What stands out"],
  boxes: ["Box", "Pieces of one digit"],
  glyph: ["Glyph", "All the network sees"],
};
const REASONS = {
  blank: "There is no writing in it.",
  not_a_digit: "There is something, but no digit.",
  too_small: "What is there is too small to read.",
  too_blurred: "It is too blurred to read.",
  too_many: "There is too much in it to read.",
};

let shown = null; // file id
let wanted = null;

export function startPanel() {
  byId("inside").onclick = () => setOpen(byId("panel").hidden);
  byId("panel-close").onclick = () => {
    setOpen(false);
    byId("inside").focus();
  };
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && isSheet() && !document.querySelector("dialog[open], :popover-open")) setOpen(false);
  });
  store.addEventListener("change", follow);
  if (matchMedia("(min-width: 1161px)").matches) setOpen(localStorage.getItem("panel") !== "closed");
}

/** Show what the reader makes of that message's picture. */
export function lookInside(message) {
  setOpen(true);
  show(message.media.file);
}

const isSheet = () => matchMedia("(max-width: 1160px)").matches;

function setOpen(isOpen) {
  byId("panel").hidden = !isOpen;
  byId("inside").setAttribute("aria-expanded", String(isOpen));
  if (!isSheet()) localStorage.setItem("panel", isOpen ? "open" : "closed");
  if (!isOpen) return;
  if (store.current) follow();
  if (isSheet()) byId("panel-close").focus();
}

/** The newest picture that a person sent here, whenever that is another one than before. */
function follow() {
  const newest = store.shown.findLast((message) => isReadable(message) && !message.from_bot);
  if (byId("panel").hidden) return;
  if (!newest) {
    wanted = shown = null;
    const hint = "Send a photo or draw a digit: here you see how it is read, stage by stage.";
    byId("look").replaceChildren(el("div", { className: "nothing" }, icon("lens"), el("p", {}, hint)));
  } else if (newest.media.file !== wanted) {
    wanted = newest.media.file;
    show(wanted);
  }
}

async function show(file) {
  if (file === shown) return;
  shown = file;
  const box = byId("look");
  box.ariaBusy = "true";
  let content;
  try {
    content = drawn(await look(file), file);
  } catch (problem) {
    content = [el("div", { className: "nothing" }, icon("file"), el("p", {}, problem.message))];
  }
  if (shown !== file) return; // another one was asked for meanwhile
  box.ariaBusy = null;
  box.replaceChildren(...content);
}

function drawn(result) {
  const best = Math.max(...result.scores);
  const values = result.number.replaceAll("|", " ");
  const words = result.number ? `${values.length > 1 ? "At least " : ""}${percent(result.confidence)} sure` : REASONS[result.reason] ?? "No digit.";
  return [
    el("div", { className: "result" }, el("strong", { className: values.length > 3 ? "long" : "" }, values || "–"), el("div", {}, el("b", {}, result.number ? "It says " + values : "No digit"), el("span", {}, `${words}${result.number ? "," : ""} ${result.number ? `read in ${time(result.milliseconds)}` : ""}`))),
    el("ol", { className: "stages" }, ...result.stages.filter(({ name }) => name in STAGES).map(stage)),
    ...scores(result, best),
    el("p", { className: "model" }, `Model ${result.model}`),
  ];
}

function stage({ name, milliseconds, picture }) {
  const [title, words] = STAGES[name];
  const frame = el("button", { type: "button", className: `frame${name === "glyph" ? " pixelated dark" : name === "ink" ? " dark" : ""}`, disabled: !picture, "aria-label": picture ? `Enlarge: ${title}` : `${title}: nothing` });
  if (picture) {
    frame.append(el("img", { src: picture, alt: `${title}: ${words}` }));
    frame.onclick = () => enlarge(picture, `${title}: ${words}`, name === "glyph");
  } else {
    frame.append("nothing");
  }
  return el("li", { "data-stage": name }, el("figure", {}, frame, el("figcaption", {}, el("b", {}, title), el("span", { className: "ms" }, time(milliseconds)))), el("p", {}, words));
}

function scores({ scores: values, stages }, best) {
  const spent = stages.find(({ name }) => name === "scores")?.milliseconds ?? 0;
  const bars = values.map((score, digit) => {
    const bar = el("i");
    bar.style.setProperty("--score", score);
    return el("li", { className: score === best && best > 0 ? "best" : "", "data-digit": digit },
      el("span", {}, String(digit)),
      el("span", { className: "bar", role: "meter", "aria-label": `Score of ${digit}`, "aria-valuemin": 0, "aria-valuemax": 1, "aria-valuenow": score.toFixed(4) }, bar),
      el("span", {}, percent(score)),
    );
  });
  return [
    el("div", { className: "scores-title" }, el("b", {}, "Scores"), el("span", { className: "ms" }, time(spent))),
    el("ol", { className: "scores" }, ...bars),
  ];
}

const time = (milliseconds) => `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

/** Never 100 % for what is not certain. */
const percent = (share) => `${Math.min(99.9, share * 100).toFixed(1)}%`;
