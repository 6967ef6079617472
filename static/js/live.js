// Keeps the page's live parts as the server has them. A live part says what it hears of:
//   <div data-live="message.created conversation.changed" hx-get="…" hx-trigger="live">
// and with data-live-id="<conversation>" only of that one. A part that is dear to make says with
// data-live-gap="<milliseconds>" how seldom it is asked for. Events carry ids; a part that hears of
// one asks for itself again, so nobody is shown what they may not read. On every (re)connect, on
// coming back to the tab and every 15 s without a socket all parts ask.
// With data-patch the answer changes the page element by element instead of being swapped in.
import { announce } from "./announce.js";
import { patchList } from "./conversations.js";
import { parse, patch, patchChildren } from "./patch.js";
import { addEarlier, followState, have, lose, patchThread, regain } from "./thread.js";
import { startClock } from "./waits.js";

const POLL_SECONDS = 15;
const CHECK_SECONDS = 120; // also with a socket: one that died unheard must not stay believed
const GAP_MS = 250; // between two requests of one part, unless it says more
const CALM_MS = 2500; // the same, for news that may concern the part but does not name it
const STUCK_MS = 20_000; // a request that never came back
const PAUSED_AFTER_MS = 6000; // without a socket: no longer "reconnecting"
const LET_IN_MS = 100;
const STABLE_MS = 5000; // a socket open for so long counts as one that works
const MAX_DELAY_MS = 15_000;
const SIGNED_OUT = 4401;

const badge = document.getElementById("live");

// --- Parts: one request in flight, one waiting --------------------------------------------------
const states = new WeakMap();

function parts() {
  return document.querySelectorAll("[data-live]");
}

function stateOf(part) {
  if (!states.has(part)) states.set(part, { isBusy: false, isWanted: false, timer: 0, since: 0 });
  return states.get(part);
}

function gapOf(part) {
  return Number(part.dataset.liveGap) || GAP_MS;
}

function ask(part, delay = 0) {
  const state = stateOf(part);
  if (state.isBusy && Date.now() - state.since < STUCK_MS) {
    state.isWanted = true;
  } else if (document.hidden) {
    state.isWanted = true; // when the tab is looked at again
  } else if (!state.timer || delay === 0) {
    clearTimeout(state.timer);
    const wait = Math.max(delay, state.since + gapOf(part) - Date.now());
    state.timer = setTimeout(() => send(part), wait);
  }
}

function send(part) {
  const state = stateOf(part);
  state.timer = 0;
  if (!part.isConnected || !part.dataset.live) return;
  Object.assign(state, { isBusy: true, isWanted: false, since: Date.now() });
  window.htmx.trigger(part, "live");
}

// What this person may not read at present: only news that name it can change that.
function isLost(part) {
  return part.hasAttribute("data-lost");
}

function askAll() {
  for (const part of parts()) if (!isLost(part)) ask(part);
}

document.addEventListener("htmx:afterRequest", (event) => {
  // What one did oneself needs no news; what was refused stands on the page and stays there.
  const { elt, verb } = event.detail.requestConfig;
  if (verb !== "get" && !elt.hasAttribute?.("data-shows-refusal")) askAll();
  const state = states.get(event.detail.elt);
  if (!state) return;
  // As long as it took: a slow server is asked less often.
  const pause = Math.max(gapOf(event.detail.elt), Date.now() - state.since);
  state.isBusy = false;
  if (state.isWanted) ask(event.detail.elt, pause);
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  askAll();
  if (!socket) connect();
});

function hear(news) {
  for (const { kind, id } of news) {
    for (const part of parts()) {
      if (!part.dataset.live.split(" ").includes(kind)) continue;
      const own = part.dataset.liveId;
      if (!own || own === id) ask(part);
      else if (!id && !isLost(part)) ask(part, CALM_MS);
    }
  }
}

// --- What comes back ----------------------------------------------------------------------------
document.addEventListener("htmx:configRequest", (event) => {
  const part = event.detail.elt;
  if (part.dataset.version) event.detail.parameters.version = part.dataset.version;
  if (part.id === "thread") event.detail.parameters.have = have(part);
});

// A form so marked shows the answer that refuses it; htmx shows answers of success only.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status < 400 || status >= 500) return;
  if (!event.detail.requestConfig.elt.hasAttribute?.("data-shows-refusal")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.requestConfig.elt;
  if (!part.hasAttribute?.("data-patch") || !event.detail.shouldSwap) return;
  event.detail.shouldSwap = false;
  const answer = parse(event.detail.serverResponse);
  if (part.dataset.patch === "inside") patchInside(part, answer);
  else for (const fresh of [...answer.children]) patchNamed(part, fresh);
  followState();
});

function patchInside(part, answer) {
  patchChildren(part, answer);
  process(part);
}

function patchNamed(part, fresh) {
  const old = fresh.id ? document.getElementById(fresh.id) : null;
  if (!old) return;
  if (fresh.id === "convo-list") patchList(old, fresh);
  else if (fresh.id === "thread" && part.closest("#earlier")) addEarlier(old, fresh);
  else if (fresh.id === "thread") patchThread(old, fresh);
  else patch(old, fresh);
  process(old);
}

// What came new may itself ask for something.
function process(el) {
  for (const child of el.children) window.htmx.process(child);
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  if (elt?.id !== "thread") return;
  if (successful) regain();
  else if (xhr.status === 404) lose();
});

// --- The badge ----------------------------------------------------------------------------------
let shown = "";

function show(state) {
  if (!badge || state === shown) return;
  const texts = document.getElementById("live-states").content;
  const now = texts.querySelector(`[data-state="${state}"]`);
  badge.replaceChildren(...[...now.cloneNode(true).childNodes]);
  badge.dataset.state = state;
  for (const el of document.querySelectorAll("[data-live-paused]")) el.hidden = state !== "paused";
  const isNews = state === "paused" || shown === "paused";
  if (isNews && state !== "reconnecting") announce(now.textContent.trim());
  shown = state;
}

// --- The socket ---------------------------------------------------------------------------------
let socket = null;
let failures = 0;
let lostAt = Date.now();
let retry = 0;

function address() {
  const url = new URL(badge.dataset.url || "/ws/events", window.location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

function connect() {
  clearTimeout(retry);
  const mine = new WebSocket(address());
  socket = mine;
  mine.addEventListener("open", () => {
    setTimeout(() => {
      if (socket === mine) letIn(mine);
    }, LET_IN_MS);
  });
  mine.addEventListener("message", (event) => {
    hear(JSON.parse(event.data).events ?? []);
  });
  mine.addEventListener("close", (event) => {
    if (socket !== mine) return;
    socket = null;
    if (shown === "live") lostAt = Date.now();
    if (event.code === SIGNED_OUT && mayReload()) {
      window.location.reload(); // the server asks to sign in
      return;
    }
    later();
  });
}

// A refusal comes as a close right after the opening.
function letIn(mine) {
  // A server that drops us again and again is not asked in a tight loop.
  failures = Math.min(failures, 2);
  setTimeout(() => {
    if (socket === mine) failures = 0;
  }, STABLE_MS);
  show("live");
  askAll();
}

// At once, then 0.4 s, 0.8 s … 15 s, each with jitter: many pages must not come back together.
function later() {
  const isLong = Date.now() - lostAt > PAUSED_AFTER_MS || failures > 5;
  show(isLong ? "paused" : "reconnecting");
  const delay = failures ? Math.min(MAX_DELAY_MS, 200 * 2 ** failures) : 50;
  failures += 1;
  retry = setTimeout(connect, delay * (0.5 + Math.random()));
}

// A page that is let in, and its socket is not, must not reload for ever.
function mayReload() {
  const last = Number(sessionStorage.getItem("reloaded") ?? 0);
  sessionStorage.setItem("reloaded", Date.now());
  return Date.now() - last > 30_000;
}

window.addEventListener("online", () => {
  socket?.close();
  socket = null;
  connect();
});

// Leaving: no last requests, no badge that flickers.
window.addEventListener("pagehide", () => {
  clearTimeout(retry);
  const old = socket;
  socket = null;
  old?.close();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted && badge) connect();
});

if (badge) {
  connect();
  setInterval(() => {
    if (socket?.readyState !== WebSocket.OPEN) askAll();
  }, POLL_SECONDS * 1000);
  setInterval(askAll, CHECK_SECONDS * 1000);
  startClock(Number(badge.dataset.now), document.getElementById("wait-words"), () => {
    const list = document.getElementById("convo-list");
    if (list) ask(list);
  });
}
