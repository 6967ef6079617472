// "Waiting 5 min" and "2 min left" go on by themselves, by the server's clock: from data-since what
// somebody waits, to data-due what is left of a promise.
import { announce } from "./announce.js";

const MINUTE = 60;
const FAST_SECONDS = 5 * MINUTE; // nearer than that every second counts, else every half minute
const SLOW_TICKS = 30;

let offset = 0; // server minus browser, in milliseconds
let words = null;
let tick = 0;
const groups = new WeakMap(); // where each stood when it was last looked at

export function startClock(serverNow, wordsElement, onGroupChange) {
  if (!wordsElement) return;
  words = wordsElement.dataset;
  offset = serverNow ? serverNow * 1000 - Date.now() : 0;
  setInterval(() => {
    tick += 1;
    if (!document.hidden) update(onGroupChange);
  }, 1000);
}

export function durationText(seconds, texts) {
  const minutes = Math.floor(seconds / MINUTE);
  if (minutes < 1) return texts.under;
  if (minutes < 60) return texts.minutes.replace("{count}", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    const rest = String(minutes % 60).padStart(2, "0");
    const text = minutes % 60 ? texts.hoursMinutes : texts.hours;
    return text.replace("{hours}", hours).replace("{minutes}", rest);
  }
  const days = Math.floor(hours / 24);
  return (days === 1 ? texts.day : texts.days).replace("{count}", days);
}

function say(el, sentence, seconds) {
  const text = sentence.replace("{duration}", durationText(seconds, words));
  const place = el.lastElementChild;
  if (place.textContent !== text) place.textContent = text;
}

// --- How long somebody waits --------------------------------------------------------------------
function showWait(el, now) {
  const seconds = Math.max(0, (now - Date.parse(el.dataset.since)) / 1000);
  if (seconds > FAST_SECONDS && tick % SLOW_TICKS && groups.has(el)) return groups.get(el);
  // Below a column's own word the bare duration stands, and its deadline has the colour.
  const isBare = "bare" in el.dataset;
  say(el, isBare ? "{duration}" : words.waiting, seconds);
  if (seconds > words.long * MINUTE) {
    if (!isBare) el.dataset.s = "warn";
    return "long";
  }
  return seconds >= FAST_SECONDS ? "medium" : "fresh";
}

// --- What is left -------------------------------------------------------------------------------
export function stateOf(due, risk, now) {
  if (now >= due) return "missed";
  return risk && now >= risk ? "risk" : "left";
}

function showDeadline(el, now) {
  const due = Date.parse(el.dataset.due);
  const seconds = Math.abs(due - now) / 1000;
  const state = stateOf(due, Date.parse(el.dataset.risk), now);
  const isNear = seconds <= FAST_SECONDS || !groups.get(el)?.startsWith(state);
  if (!isNear && tick % SLOW_TICKS) return groups.get(el);
  say(el, state === "missed" ? words.late : words.left, seconds);
  if (state !== "left") el.dataset.s = state === "missed" ? "bad" : "warn";
  drawRing(el, due, now);
  return state + (state !== "missed" && seconds <= Number(words.soon) ? " soon" : "");
}

function drawRing(el, due, now) {
  const ring = el.querySelector(".ring circle + circle");
  const from = Date.parse(el.dataset.from);
  if (!ring || !(due > from)) return;
  const share = Math.round((100 * (due - now)) / (due - from));
  ring.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(100, share))} 100`);
}

// --- Each second --------------------------------------------------------------------------------
// Told once: the row, the head and the phone's head of one conversation are one.
function tell(crossed) {
  const texts = [];
  for (const [name, [one, many]] of Object.entries({
    missed: [words.missedOne, words.missedMany],
    risk: [words.riskOne, words.riskMany],
    long: [words.lateOne, words.lateMany],
  })) {
    const { size } = crossed[name];
    if (size === 1) texts.push(one.replace("{name}", [...crossed[name]][0]));
    else if (size) texts.push(many.replace("{count}", size));
  }
  if (texts.length) announce(texts.join(". "));
}

function update(onGroupChange) {
  const now = Date.now() + offset;
  const crossed = { missed: new Set(), risk: new Set(), long: new Set() };
  let hasMoved = false;
  for (const el of document.querySelectorAll("[data-since], [data-due]")) {
    const before = groups.get(el);
    const group = el.dataset.due ? showDeadline(el, now) : showWait(el, now);
    if (before && before !== group) {
      hasMoved = true;
      const [state] = group.split(" ");
      if (!before.startsWith(state)) crossed[state]?.add(el.dataset.name);
    }
    groups.set(el, group);
  }
  tell(crossed);
  if (hasMoved) onGroupChange();
}
