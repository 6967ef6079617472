// The open conversation: new lines are added, changed ones changed, and the reader stays in place.
import { announceNothing } from "./announce.js";
import { patch } from "./patch.js";

const NEWEST_PIXELS = 8; // closer than this to the end is "at the newest"
const MAX_HAVE = 150;

const thread = () => document.getElementById("thread");

// The stamps of the lines on the page: the server answers only what differs.
export function have(el) {
  const lines = [...el.querySelectorAll(":scope > [data-v]")].slice(-MAX_HAVE);
  return lines.map((line) => line.dataset.v).join(".");
}

export function patchThread(old, fresh) {
  keepPlace(old, () => {
    if (old.querySelector(":scope > [data-v]") && !overlaps(old, fresh)) replaceAll(old, fresh);
    else addLines(old, fresh);
    old.dataset.version = fresh.dataset.version;
  });
}

function overlaps(old, fresh) {
  return [...fresh.children].some((el) => el.id.startsWith("m-") && mine(old, el.id));
}

function mine(old, id) {
  const el = id ? document.getElementById(id) : null;
  return el && el.parentElement === old ? el : null;
}

// More has been said than one page holds: begin anew with the newest.
function replaceAll(old, fresh) {
  announceNothing(old, () => old.replaceChildren(...adopted([...fresh.childNodes])));
}

function adopted(nodes) {
  return nodes.map((node) => document.adoptNode(node));
}

function addLines(old, fresh) {
  let last = null;
  const all = [...fresh.children];
  all.forEach((node, index) => {
    if (node.id === "earlier" && old.firstElementChild) return; // ours reaches further back
    const shown = mine(old, node.id);
    if (shown) {
      patch(shown, node);
      last = shown;
      return;
    }
    if (node.hasAttribute("data-same")) return;
    const added = document.adoptNode(node);
    if (last) last.after(added);
    else old.insertBefore(added, nextShown(old, all.slice(index + 1)));
    last = added;
  });
}

function nextShown(old, nodes) {
  const next = nodes.find((node) => node.id !== "earlier" && mine(old, node.id));
  return next ? mine(old, next.id) : null;
}

// The lines above, asked for by "Show earlier messages".
export function addEarlier(old, fresh) {
  const [link] = old.children;
  const hadFocus = link?.contains(document.activeElement);
  announceNothing(old, () => {
    if (link?.id === "earlier") link.remove();
    for (const day of fresh.querySelectorAll(":scope > .day[id]")) mine(old, day.id)?.remove();
    fresh.querySelector(":scope > #later")?.remove();
    old.prepend(...adopted([...fresh.childNodes]));
  });
  if (hadFocus) (old.querySelector("#earlier a") ?? old.parentElement).focus({ preventScroll: true });
}

// The scroller counts from its end (column-reverse): at the newest it stays there by itself.
function keepPlace(old, change) {
  const scroller = old.parentElement;
  const isAtNewest = Math.abs(scroller.scrollTop) < NEWEST_PIXELS;
  const top = scroller.getBoundingClientRect().top;
  const seen = [...old.children].find((el) => el.getBoundingClientRect().bottom > top);
  const before = seen?.getBoundingClientRect().top;
  change();
  if (isAtNewest) scroller.scrollTop = 0;
  else if (seen?.isConnected) scroller.scrollTop += seen.getBoundingClientRect().top - before;
}

// --- The box below follows what the conversation allows, but never while somebody writes --------
export function followState() {
  const head = document.getElementById("thread-head");
  const box = document.getElementById("composer");
  if (!head || !box) return;
  const isBehind = head.dataset.composer !== box.dataset.composer;
  const isWritten = [...box.querySelectorAll("textarea:not([readonly])")].some(
    (area) => area.value !== "" || area === document.activeElement,
  );
  const note = document.getElementById("moved-on");
  if (note) note.hidden = !(isBehind && isWritten && head.dataset.composer === "done");
  if (isBehind && !isWritten) window.htmx.trigger(box, "stale");
}

// Not ours to read: say so, keep the text, ask only once news name it. One that a customer opens
// again belongs to nobody for a moment and may come straight back.
export function lose() {
  setLost(true);
}

export function regain() {
  setLost(false);
}

function setLost(isLost) {
  const gone = document.getElementById("gone");
  if (gone) gone.hidden = !isLost;
  thread()?.toggleAttribute("data-lost", isLost);
  document.getElementById("why")?.toggleAttribute("data-lost", isLost);
}
