// Keeps the page's live parts as the server has them. A live part says what it hears of:
//   <div data-live="message.created conversation.changed" hx-get="…" hx-trigger="live">

// The thread's own refresh was told 404: somebody else has the conversation now.
document.addEventListener("htmx:responseError", (event) => {
  const gone = document.getElementById("gone");
  if (gone && event.detail.target?.id === "thread" && event.detail.xhr.status === 404) {
    gone.hidden = false;
  }
});
