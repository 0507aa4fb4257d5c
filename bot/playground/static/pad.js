// The drawing pad: strokes are kept as points, so that they can be undone and their paper changed.

import { attach, sendNow } from "./composer.js";
import { byId, toast } from "./dom.js";

const PAPER = { light: ["#fdfdfb", "#1d2030"], dark: ["#16181d", "#f4f4ef"] };
const STEP = 16; // canvas pixels for an arrow key

let strokes = []; // { width, points: [{ x, y, pressure }] }
let current = null;
let frame = null; // the paint that is due
let pen = { x: 440, y: 200 }; // where the keyboard draws

export function startPad() {
  const canvas = byId("canvas");
  byId("draw").onclick = () => {
    byId("pad").showModal();
    canvas.focus();
    paint();
  };
  byId("pad-close").onclick = () => byId("pad").close();
  byId("pad-undo").onclick = undo;
  byId("pad-clear").onclick = () => {
    strokes = [];
    paint();
  };
  byId("ground").onchange = paint;
  byId("pad-attach").onclick = () => finish((file) => attach([file]));
  byId("pad-send").onclick = () => finish((file) => sendNow([file]));
  byId("pad").addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z") undo();
  });
  canvas.addEventListener("keydown", drawByKeys);
  canvas.addEventListener("keyup", ({ key }) => key === "Shift" && (current = null));
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    current = { pointer: event.pointerId, width: Number(byId("pen").value), points: [pointOf(event)] };
    strokes.push(current);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (current?.pointer !== event.pointerId) return;
    const events = event.getCoalescedEvents?.() ?? [];
    current.points.push(...(events.length ? events : [event]).map(pointOf));
    paintSoon();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (current?.pointer !== event.pointerId) return;
      current = null;
      paint();
    });
  }
  paint();
}

/** In canvas pixels; a mouse presses as hard as it always does. */
function pointOf(event) {
  const canvas = byId("canvas");
  const edge = canvas.getBoundingClientRect();
  return {
    x: ((event.clientX - edge.left) / edge.width) * canvas.width,
    y: ((event.clientY - edge.top) / edge.height) * canvas.height,
    pressure: event.pointerType === "pen" ? event.pressure : 0.5,
  };
}

function undo() {
  strokes.pop();
  current = null;
  paint();
}

function drawByKeys(event) {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!by) return;
  event.preventDefault();
  const { width, height } = byId("canvas");
  const from = { ...pen, pressure: 0.5 };
  pen = { x: clamp(pen.x + by[0] * STEP, width), y: clamp(pen.y + by[1] * STEP, height) };
  if (event.shiftKey) {
    if (!current) {
      current = { width: Number(byId("pen").value), points: [from] };
      strokes.push(current);
    }
    current.points.push({ ...pen, pressure: 0.5 });
  } else {
    current = null;
  }
  paint();
  mark();
}

const clamp = (value, most) => Math.min(Math.max(value, 0), most);

function ground() {
  return document.querySelector('input[name="ground"]:checked').value;
}

/** Once for each picture on the screen, however many movements came since the last one. */
function paintSoon() {
  frame ??= requestAnimationFrame(paint);
}

function paint() {
  cancelAnimationFrame(frame);
  frame = null;
  const canvas = byId("canvas");
  const [paper, ink] = PAPER[ground()];
  canvas.classList.toggle("dark", ground() === "dark");
  const context = canvas.getContext("2d");
  context.fillStyle = paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = context.fillStyle = ink;
  context.lineCap = context.lineJoin = "round";
  strokes.forEach((stroke) => trace(context, stroke));
  for (const id of ["pad-undo", "pad-clear", "pad-send", "pad-attach"]) byId(id).disabled = !strokes.length;
}

/** A ring where the keyboard's pen is; only on the screen, painted over at once by the next look. */
function mark() {
  const context = byId("canvas").getContext("2d");
  context.lineWidth = 3;
  context.strokeStyle = "#4f56e6";
  context.beginPath();
  context.arc(pen.x, pen.y, Number(byId("pen").value) / 2 + 6, 0, 2 * Math.PI);
  context.stroke();
}

/** Smooth: each piece is a curve from the middle of one segment to the middle of the next. */
function trace(context, { width, points }) {
  const [first] = points;
  if (points.length === 1) {
    context.beginPath();
    context.arc(first.x, first.y, width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  let from = first;
  points.forEach((point, index) => {
    const next = points[index + 1] ?? point;
    const to = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    context.lineWidth = width * (0.5 + point.pressure);
    context.beginPath();
    context.moveTo(from.x, from.y);
    context.quadraticCurveTo(point.x, point.y, to.x, to.y);
    context.stroke();
    from = to;
  });
}

async function finish(use) {
  paint();
  const blob = await new Promise((resolve) => byId("canvas").toBlob(resolve, "image/png"));
  if (!blob) return toast("The drawing could not be made a picture.");
  byId("pad").close();
  strokes = [];
  paint();
  await use(new File([blob], "drawing.png", { type: "image/png" }));
}
