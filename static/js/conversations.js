// The list of conversations: rows change where they stand; they move only while nobody is on them.
import { announce } from "./announce.js";
import { patch } from "./patch.js";

let waiting = null; // what the server said while somebody was in the list
let isPressed = false;

const list = () => document.getElementById("convo-list");
const isRow = (el) => el.id.startsWith("row-");
const names = (root) => [...root.children].filter(isRow).map((el) => el.id);

export function patchList(old, fresh) {
  if (isInUse(old)) {
    waiting = fresh;
    patchInPlace(old, fresh);
  } else {
    apply(old, fresh);
  }
}

function isInUse(old) {
  const focused = document.activeElement;
  return isPressed || (focused !== old && old.contains(focused));
}

function apply(old, fresh) {
  waiting = null;
  showChanged(0);
  patch(old, fresh);
}

function patchInPlace(old, fresh) {
  for (const row of [...fresh.children].filter(isRow)) {
    const shown = document.getElementById(row.id);
    if (shown) patch(shown, row.cloneNode(true));
  }
  // The next answer may only be "the same" as what is really shown.
  const moved = countMoved(names(old), names(fresh));
  if (moved) {
    delete old.dataset.version;
  } else if (sameHeadings(old, fresh)) {
    waiting = null;
    old.dataset.version = fresh.dataset.version;
  }
  showChanged(moved);
}

function sameHeadings(old, fresh) {
  const heads = (root) => [...root.querySelectorAll(":scope > .group")].map((el) => el.textContent);
  return heads(old).join() === heads(fresh).join();
}

// New, gone, and those that would have to move: all outside the longest run that keeps its order.
export function countMoved(shown, fresh) {
  const place = new Map(shown.map((id, index) => [id, index]));
  const kept = fresh.filter((id) => place.has(id)).map((id) => place.get(id));
  const runs = [];
  kept.forEach((at, index) => {
    const before = runs.filter((_run, earlier) => kept[earlier] < at);
    runs[index] = 1 + Math.max(0, ...before);
  });
  const longest = Math.max(0, ...runs);
  return fresh.length - longest + (shown.length - kept.length);
}

function showChanged(count) {
  const bar = document.getElementById("list-changed");
  if (!bar) return;
  if (count) {
    const text = count === 1 ? bar.dataset.one : bar.dataset.many.replace("{count}", count);
    bar.firstElementChild.textContent = text;
    if (bar.hidden) announce(text);
  }
  bar.hidden = count === 0;
}

// Nobody is in the list any more: now it may move.
function release() {
  const old = list();
  if (old && waiting && !isInUse(old)) apply(old, waiting);
}

document.addEventListener("focusout", (event) => {
  if (waiting && event.target.closest?.("#convo-list")) setTimeout(release);
});
document.addEventListener("pointerdown", (event) => {
  isPressed = Boolean(event.target.closest?.("#convo-list"));
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    isPressed = false;
    setTimeout(release, 300); // after the click that follows
  });
}
document.addEventListener("click", (event) => {
  const bar = event.target.closest("#list-changed");
  const old = list();
  if (!bar || !old || !waiting || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  apply(old, waiting);
  old.focus();
  old.scrollTop = 0;
});
