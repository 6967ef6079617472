// Menus that unfold (details.menu): Escape closes them, and one that opens closes the others.
import { isComposing } from "./composing.js";

const opened = () => [...document.querySelectorAll("details.menu[open]")];

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
  if (document.querySelector(":popover-open, dialog[open]")) return; // it lies above them
  const menus = opened();
  if (menus.length === 0) return;
  event.preventDefault(); // it does nothing else then
  for (const menu of menus) menu.open = false;
  menus.at(-1).querySelector("summary").focus();
});

// "toggle" does not bubble.
document.addEventListener(
  "toggle",
  (event) => {
    if (!event.target.matches?.("details.menu[open]")) return;
    for (const menu of opened()) if (menu !== event.target) menu.open = false;
  },
  true,
);
