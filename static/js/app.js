// Adds to pages that work without it: no state of its own, nothing that is needed.

// A form is sent once: a second press while it is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});

// "Back" shows the page from memory, with its forms still marked as sent.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Ctrl or Command with Enter sends the reply; never while an input method is composing.
document.addEventListener("keydown", (event) => {
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  if (isSend && event.target.matches(".composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// The thread's own refresh was told 404: somebody else has the conversation now.
document.addEventListener("htmx:responseError", (event) => {
  const gone = document.getElementById("gone");
  if (gone && event.detail.target?.id === "thread" && event.detail.xhr.status === 404) {
    gone.hidden = false;
  }
});
