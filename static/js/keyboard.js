// Keys for what the page can do; off while typing and while an input method composes, and for who
// switched them off. A control says its key in aria-keyshortcuts; those the hand rests on act.
import { isComposing } from "./composing.js";

const SEQUENCE_MS = 1500; // between G and the letter after it
const NEXT_ROW = "next-row"; // where the focus goes on the page that comes

const isOn = () => document.body.hasAttribute("data-shortcuts");
const isShown = (el) =>
  el.checkVisibility?.({ checkVisibilityCSS: true }) ?? el.offsetParent !== null;
const list = () => document.getElementById("convo-list");
const rows = () => [...document.querySelectorAll("#convo-list a.convo")];
const currentRow = () => document.querySelector("#convo-list a.convo[aria-current]");

// --- When a key is not ours ---------------------------------------------------------------------
function isTyping(el) {
  if (el.isContentEditable || el.closest("[role=combobox], [role=listbox], [role=textbox]")) {
    return true;
  }
  if (el.matches("input")) return !/^(checkbox|radio|button|submit|reset)$/.test(el.type);
  return el.matches("textarea, select");
}

const isSomethingOpen = () => document.querySelector(":popover-open, dialog[open]") !== null;

// --- The control of a key -----------------------------------------------------------------------
function control(key) {
  const all = [...document.querySelectorAll(`[aria-keyshortcuts~="${key}"]`)];
  return all.find((el) => isShown(el) && !el.disabled);
}

function press(key) {
  const el = control(key);
  el?.focus();
  el?.click();
  return Boolean(el);
}

function focusOn(el) {
  if (!el || !isShown(el)) return false;
  el.focus();
  return true;
}

// --- The list -----------------------------------------------------------------------------------
function move(step) {
  const all = rows();
  if (all.length === 0 || !isShown(list())) return false;
  const from = all.indexOf(document.activeElement.closest?.("a.convo"));
  const open = all.indexOf(currentRow());
  let to = from + step;
  if (from < 0) to = open < 0 ? 0 : open + step;
  all[Math.max(0, Math.min(to, all.length - 1))].focus();
  return true;
}

// A row that has the focus and is not the conversation that stands open.
function otherRow() {
  const row = document.activeElement.closest?.("a.convo");
  return row && !row.hasAttribute("aria-current") ? row : null;
}

function inGroup(row) {
  const found = [[]];
  for (const item of list().children) {
    const link = item.querySelector("a.convo");
    if (item.matches(".group")) found.push([]);
    else if (link) found.at(-1).push(link);
  }
  return found.find((group) => group.includes(row)) ?? [];
}

// After "done" the next of the same group, else the one before it, else the top of the list.
function rememberNext(row) {
  const group = row ? inGroup(row) : [];
  const at = group.indexOf(row);
  const next = [...group.slice(at + 1), ...group.slice(0, Math.max(at, 0)).reverse()];
  sessionStorage.setItem(NEXT_ROW, JSON.stringify(next.map((link) => link.id)));
}

function focusRemembered() {
  const stored = sessionStorage.getItem(NEXT_ROW);
  if (!stored || !list()) return;
  sessionStorage.removeItem(NEXT_ROW);
  const next = JSON.parse(stored).map((id) => document.getElementById(id)).find(Boolean);
  focusOn(next ?? rows()[0] ?? list());
}

function post(path) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: path, hidden: true });
  form.append(token.cloneNode());
  document.body.append(form);
  form.requestSubmit();
}

// --- What the keys do ---------------------------------------------------------------------------
function act(verb, key) {
  const row = otherRow();
  if (!row && !control(key)) return false;
  if (key === "E") rememberNext(row ?? currentRow());
  else sessionStorage.setItem(NEXT_ROW, JSON.stringify([(row ?? currentRow())?.id]));
  if (!row) return press(key);
  post(`${new URL(row.href).pathname}/${verb}`);
  return true;
}

function write(key) {
  const row = otherRow();
  if (row) {
    window.location.assign(`${row.href}#${key === "N" ? "note" : "reply"}`);
    return true;
  }
  const kind = control(key);
  if (!kind) return false;
  if (!kind.checked) kind.click();
  return focusOn(document.getElementById("reply"));
}

// To the choice of a person, out of its fold; to take is Enter, not a slip of the hand.
function toChoice() {
  const el = control("A");
  const fold = el?.tagName === "SUMMARY" ? el.parentElement : null;
  if (!fold) return focusOn(el);
  fold.open = true;
  return focusOn(fold.querySelector("select"));
}

function assign() {
  if (toChoice()) return true;
  const link = document.getElementById("hand-over");
  if (!link || !isShown(link)) return false;
  window.location.assign(link.href);
  return true;
}

// Where the panel is beside the thread the choice is there already; else the link leads to it.
document.addEventListener("click", (event) => {
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!event.target.closest?.("#hand-over") || !isPlain) return;
  if (toChoice()) event.preventDefault();
});

function back() {
  if (list() && isShown(list())) {
    // What stands open may have left the list, by an answer: no other row may take its keys.
    const isOpen = document.getElementById("thread-head") !== null;
    const place = currentRow() ?? (isOpen ? list() : rows()[0]);
    if (document.activeElement !== place && focusOn(place)) return true;
  }
  const link = document.querySelector('#thread-head a[href*="/messages"]');
  if (!link) return false;
  window.location.assign(link.href);
  return true;
}

// A menu opens and the hand is on its first choice; what is no menu is pressed.
function choose(key) {
  if (!press(key)) return false;
  focusOn(control(key)?.closest("details[open]")?.querySelector("button"));
  return true;
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  r: () => write("R"),
  n: () => write("N"),
  a: assign,
  e: () => act("resolve", "E"),
  u: () => act("unread", "U"),
  h: () => choose("H"),
  p: () => choose("P"),
  z: () => press("Z"),
  escape: back,
  "/": () => focusOn([...document.querySelectorAll("main [type=search]")].find(isShown)),
  "?": () => {
    document.getElementById("shortcuts").showPopover();
    return true;
  },
};

// --- G and a letter -----------------------------------------------------------------------------
let goUntil = 0;

function go(key) {
  goUntil = 0;
  const link = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function isChorded(event) {
  const isShifted = event.shiftKey && /^[a-z]$/i.test(event.key);
  return event.ctrlKey || event.metaKey || event.altKey || isShifted;
}

function handle(event, key) {
  if (goUntil > Date.now()) return go(key);
  if (key === "g") {
    goUntil = Date.now() + SEQUENCE_MS;
    return true;
  }
  if (event.repeat && key !== "j" && key !== "k") return false;
  return KEYS[key]?.() ?? false;
}

document.addEventListener("keydown", (event) => {
  if (!isOn() || event.defaultPrevented || isComposing(event) || isChorded(event)) return;
  if (isSomethingOpen()) return; // Esc closes it
  const key = event.key.toLowerCase();
  if (isTyping(event.target) && key !== "escape") return;
  if (handle(event, key)) event.preventDefault();
});

// "Done" by mouse leads on like the key.
document.addEventListener("submit", (event) => {
  if (event.target.matches?.('#thread-head form[action$="/resolve"]')) rememberNext(currentRow());
});

focusRemembered();
if (window.location.hash === "#reply") write("R");
if (window.location.hash === "#note") write("N");
