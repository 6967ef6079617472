// The box in which replies and notes are written: drafts, sending, who else is writing.
import { isComposing } from "./composing.js";
import { parse } from "./patch.js";
import { insertText, openPicker } from "./picker.js";

const DRAFT_MS = 1000; // after the last key
const TYPING_MS = 4000; // how often others are told
const HERE_MS = 8000;
const RESET_CONTENT = 205; // what was to be kept is a message already
const READ_MS = 3000; // a colleague's answer shown so long has been seen

let draftTimer = 0;
let isUnsaved = false;
let typedAt = 0;
let viewersTimer = 0;

const compose = () => document.getElementById("compose");
const noteMode = (form) => form.querySelector("[name=kind]:checked")?.value === "note";

function post(address, body) {
  return fetch(address, { method: "POST", body, keepalive: true });
}

// --- Drafts -------------------------------------------------------------------------------------
const keptIn = (form) => `box/${form.dataset.kept}`;
const forget = (form) => sessionStorage.removeItem(keptIn(form));

function remember(form) {
  const text = form.elements.text.value;
  if (!text) return forget(form);
  const kind = noteMode(form) ? "note" : "reply";
  const submission = form.elements.submission.value;
  sessionStorage.setItem(keptIn(form), JSON.stringify({ text, kind, submission }));
}

async function saveDraft() {
  clearTimeout(draftTimer);
  const form = compose();
  if (!form || !isUnsaved) return;
  isUnsaved = false;
  const body = new FormData(form);
  body.delete("q");
  try {
    const answer = await post(form.dataset.draft, body);
    if (!answer.ok || answer.redirected) throw new Error("not kept"); // signed out
    if (compose() !== form || isUnsaved) return;
    forget(form);
    // The customer has it: only the answer that said so never came.
    const wasSent = answer.status === RESET_CONTENT && !form.elements.text.readOnly;
    if (wasSent) window.htmx.trigger(document.getElementById("composer"), "stale");
  } catch {
    // It stays in the tab's own memory, and the next key tries again.
  }
}

// What the server could not take, because one was signed out or it was away.
function restore(form) {
  const kept = JSON.parse(sessionStorage.getItem(keptIn(form)));
  const area = form.elements.text;
  // It is kept only while the server has not got it, so it is newer than the draft that came.
  if (!kept || kept.text === area.value) return;
  area.value = kept.text;
  form.elements.submission.value = kept.submission; // so that it cannot be sent twice
  const kind = form.querySelector(`[name=kind][value="${kept.kind}"]`);
  if (kind) kind.checked = true;
  showKind(form);
  isUnsaved = true;
  draftTimer = setTimeout(saveDraft, DRAFT_MS);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) saveDraft();
});
window.addEventListener("pagehide", saveDraft);

// --- Writing ------------------------------------------------------------------------------------
document.addEventListener("input", (event) => {
  const form = compose();
  if (!form || event.target !== form.elements.text) return;
  isUnsaved = true;
  remember(form);
  clearTimeout(draftTimer);
  draftTimer = setTimeout(saveDraft, DRAFT_MS);
  if (!noteMode(form)) tellTyping(form);
  if (!event.isComposing) offerPicker(form, event);
});

function offerPicker(form, event) {
  const area = form.elements.text;
  const at = area.selectionStart - 1;
  const sign = area.value[at];
  if (event.data !== sign || !"/@".includes(sign)) return;
  if (at > 0 && !/\s/.test(area.value[at - 1])) return; // only where a word begins
  openPicker(form, sign, at);
}

document.addEventListener("picked", (event) => {
  const form = event.target.form;
  const { sign, id } = event.detail;
  if (sign === "/") {
    form.elements.canned.value = id;
    return;
  }
  const named = document.createElement("input");
  Object.assign(named, { type: "hidden", name: "mention", value: id });
  form.append(named);
});

function showKind(form) {
  const menu = form.querySelector('[data-picker="@"]');
  if (menu) menu.hidden = !noteMode(form);
  const { toCustomer, toColleagues } = form.elements.text.dataset;
  form.elements.text.placeholder = noteMode(form) ? toColleagues : toCustomer;
}

document.addEventListener("change", (event) => {
  const form = compose();
  if (!form || event.target.name !== "kind") return;
  showKind(form);
  if (form.elements.text.value) {
    isUnsaved = true;
    saveDraft();
  }
});

// Ctrl or Command with Enter sends; never while an input method is composing.
document.addEventListener("keydown", (event) => {
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (isSend && !isComposing(event) && event.target.matches(".composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// --- Sending ------------------------------------------------------------------------------------
const isSending = (event) => event.detail.elt?.id === "compose";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isSending(event)) return;
  clearTimeout(draftTimer);
  isUnsaved = false;
  compose().elements.text.readOnly = true; // what is typed now would be lost with the old box
  remember(compose());
});

// What comes back is the box: empty when it was sent, with the reason and the text when not.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (form?.id !== "compose") return;
  event.detail.shouldSwap = false;
  const fresh = parse(event.detail.serverResponse).querySelector("#composer");
  const old = document.getElementById("composer");
  if (!fresh || !old) return;
  forget(form); // sent, or kept in the box that comes
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  start();
  compose()?.elements.text.focus();
  for (const id of ["thread", "convo-list"]) {
    const part = document.getElementById(id);
    if (part) window.htmx.trigger(part, "live");
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (form?.id === "thread") setTimeout(readTo, READ_MS, newestShown());
  if (form?.id !== "compose") return;
  delete form.dataset.sent;
  form.elements.text.readOnly = false;
  const { status } = event.detail.xhr;
  if (status === 404) document.getElementById("gone")?.removeAttribute("hidden");
  const isLost = status === 0 || status >= 500;
  if (!isLost) return;
  document.getElementById("unsent")?.removeAttribute("hidden");
  isUnsaved = true;
  draftTimer = setTimeout(saveDraft, DRAFT_MS);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.querySelector?.("#compose")) start();
  if (event.target.querySelector?.("#viewers")) watchViewers();
});

// --- The newest answer one has seen -------------------------------------------------------------
function newestShown() {
  const shown = [...document.querySelectorAll("#thread > .is-out")];
  return Math.max(0, ...shown.map((el) => Number(el.id.slice(2))));
}

// Only what stood there when the wait began: what came since has not been shown for so long.
function readTo(newest) {
  const form = compose();
  if (!form || document.hidden) return;
  form.elements.seen.value = Math.max(Number(form.elements.seen.value), newest);
}

document.addEventListener("click", (event) => {
  const blank = event.target.closest("[data-blank]");
  if (blank) {
    const area = blank.form.elements.text;
    insertText(area, blank.dataset.blank, area.selectionStart, area.selectionEnd);
    return;
  }
  const link = event.target.closest("#held a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  readTo(newestShown());
  link.closest("#held").remove();
  document.getElementById("thread").parentElement.scrollTop = 0;
  compose().elements.text.focus();
});

// --- Who else is here ---------------------------------------------------------------------------
function tellTyping(form) {
  if (Date.now() - typedAt < TYPING_MS) return;
  typedAt = Date.now();
  tell(form, "1");
}

function tell(form, typing) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  body.set("typing", typing);
  post(form.dataset.typing, body).catch(() => {}); // others only see a little less
}

// While somebody is named here: ask again when that would no longer be true.
function watchViewers() {
  clearTimeout(viewersTimer);
  const line = document.getElementById("viewers");
  if (!line || line.hidden) return;
  viewersTimer = setTimeout(() => {
    line.hidden = true;
    if (line.isConnected) window.htmx.trigger(line.parentElement, "live");
  }, Number(line.dataset.expires) * 1000);
}

setInterval(() => {
  const form = compose();
  if (form && !document.hidden && document.hasFocus()) tell(form, "");
}, HERE_MS);

// --- Beginning ----------------------------------------------------------------------------------
function start() {
  const form = compose();
  if (!form) return;
  isUnsaved = false;
  typedAt = 0;
  for (const box of form.querySelectorAll("[role=combobox]")) box.hidden = false;
  showKind(form);
  restore(form);
  watchViewers();
}

start();
