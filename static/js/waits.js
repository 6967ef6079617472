// "Waiting 5 min" goes on by itself: counted from data-since by the server's clock.
import { announce } from "./announce.js";

const MINUTE = 60;
const FAST_SECONDS = 5 * MINUTE; // until then every second counts, then every half minute
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

function groupOf(seconds) {
  if (seconds > words.long * MINUTE) return "late";
  return seconds >= FAST_SECONDS ? "medium" : "fresh";
}

function update(onGroupChange) {
  const now = Date.now() + offset;
  const late = new Set();
  let hasMoved = false;
  for (const el of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, (now - Date.parse(el.dataset.since)) / 1000);
    const before = groups.get(el);
    if (seconds > FAST_SECONDS && tick % SLOW_TICKS && before) continue;
    const text = durationText(seconds, words);
    if (el.lastElementChild.textContent !== text) el.lastElementChild.textContent = text;
    const group = groupOf(seconds);
    if (before && before !== group) {
      hasMoved = true;
      if (group === "late") late.add(el.dataset.name);
    }
    groups.set(el, group);
    if (group === "late") el.dataset.s = "warn";
  }
  if (late.size === 1) announce(words.lateOne.replace("{name}", [...late][0]));
  else if (late.size) announce(words.lateMany.replace("{count}", late.size));
  if (hasMoved) onGroupChange();
}
