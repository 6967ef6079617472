// A small menu with a search box: canned replies behind "/", colleagues behind "@".
// The search box is a combobox; arrows move, Enter inserts, Esc gives the text its focus back.
import { isComposing } from "./composing.js";

let place = null; // of the / or @ that opened it, in the text
let found = null; // what the options shown were asked for
let isAwaited = false; // Enter was pressed before the options for it were here

const boxOf = (menu) => menu.querySelector("[role=combobox]");
const listOf = (menu) => menu.querySelector("[role=listbox]");
const optionsOf = (menu) => [...listOf(menu).querySelectorAll("[role=option][data-text]")];
const areaOf = (menu) => menu.closest("form").elements.text;

export function openPicker(form, sign, at = null) {
  const menu = form.querySelector(`[data-picker="${sign}"]`);
  if (!menu || menu.hidden) return;
  place = at;
  menu.open = true;
  begin(menu); // at once, "toggle" comes later: the next letter is for the search box
}

function begin(menu) {
  const box = boxOf(menu);
  if (box === document.activeElement) return; // begun already
  for (const other of document.querySelectorAll("[data-picker][open]")) {
    if (other !== menu) other.open = false;
  }
  found = null;
  isAwaited = false;
  box.hidden = false;
  box.value = "";
  box.focus();
  window.htmx.trigger(box, "open");
}

function close(menu) {
  menu.open = false;
  areaOf(menu).focus();
}

// Left without a choice: what was typed behind the sign is text, and nothing of it is lost.
function leave(menu, more = "") {
  const area = areaOf(menu);
  const typed = boxOf(menu).value + more;
  const end = place === null ? null : place + 1;
  menu.open = false;
  if (end !== null && typed) insertText(area, typed, end, end);
}

// Never one of the options for what was typed before.
function chooseMarked(menu) {
  isAwaited = boxOf(menu).value !== found;
  if (isAwaited) return;
  const option = listOf(menu).querySelector("[aria-selected=true][data-text]");
  if (option) choose(menu, option);
}

function choose(menu, option) {
  const area = areaOf(menu);
  const sign = menu.dataset.picker;
  const start = place ?? area.selectionStart;
  const end = place !== null && area.value[place] === sign ? place + 1 : area.selectionEnd;
  close(menu);
  insertText(area, option.dataset.text, Math.min(start, end), end);
  area.dispatchEvent(
    new CustomEvent("picked", { bubbles: true, detail: { sign, id: option.dataset.id } }),
  );
}

// Through the browser, so that Ctrl+Z takes it back; then the first blank is selected.
export function insertText(area, text, start, end) {
  area.focus();
  area.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const blank = /\{[^{}\n]{1,40}\}/.exec(text);
  if (blank) area.setSelectionRange(start + blank.index, start + blank.index + blank[0].length);
}

function mark(menu, option) {
  for (const one of optionsOf(menu)) one.setAttribute("aria-selected", String(one === option));
  const box = boxOf(menu);
  if (option) {
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

function move(menu, step) {
  const options = optionsOf(menu);
  if (!options.length) return;
  const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  mark(menu, options[(now + step + options.length) % options.length]);
}

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("[data-picker][open]");
  if (!menu || isComposing(event)) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    leave(menu);
    areaOf(menu).focus();
  } else if (event.target === boxOf(menu)) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(menu, event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault(); // the form is not to be sent from here
      chooseMarked(menu);
    } else if (event.key === " " && !boxOf(menu).value && place !== null) {
      event.preventDefault(); // a sign that stands alone
      leave(menu, " ");
      areaOf(menu).focus();
    }
  }
});

document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-picker] [role=option][data-text]");
  if (option) choose(option.closest("[data-picker]"), option);
  for (const menu of document.querySelectorAll("[data-picker][open]")) {
    if (!menu.contains(event.target)) leave(menu);
  }
});

// "toggle" does not bubble.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-picker]")) return;
    if (menu.open) begin(menu);
    else place = null;
  },
  true,
);

document.addEventListener("input", (event) => {
  if (event.target.closest("[data-picker]")) isAwaited = false; // it goes on
});

// What was found has arrived: the first is marked, and chosen if Enter came before it.
document.addEventListener("htmx:afterSwap", (event) => {
  const menu = event.target.closest?.("[data-picker][open]");
  if (!menu) return;
  found = event.detail.requestConfig.parameters.q;
  mark(menu, optionsOf(menu)[0] ?? null);
  if (isAwaited) chooseMarked(menu);
});
