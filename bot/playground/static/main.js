// Starts the page: each part listens to the store, which listens to the server.

import { startChat } from "./chat.js";
import { sendCommand, setReply, startComposer } from "./composer.js";
import { byId, toast } from "./dom.js";
import { startPad } from "./pad.js";
import { lookInside, startPanel } from "./panel.js";
import { startSide } from "./side.js";
import { store } from "./store.js";
import { startSwitches } from "./switches.js";

const show = (view) => (byId("app").dataset.view = view);

startTheme();
startSide(() => show("chat"));
startChat({ command: sendCommand, reply: setReply, look: lookInside });
startComposer();
startPad();
startPanel();
startSwitches();
byId("back").onclick = () => {
  show("side");
  byId("people").querySelector('[aria-checked="true"]')?.focus();
};
store.addEventListener("lost", () => toast("The connection to the playground is lost. Trying again…"));
store.connect();

function startTheme() {
  const root = document.documentElement;
  const saved = localStorage.getItem("theme");
  if (saved) root.dataset.theme = saved;
  byId("theme").onclick = () => {
    const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
    root.dataset.theme = isDark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  };
}
