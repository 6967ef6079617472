// The box in which replies and notes are written.

// Ctrl or Command with Enter sends the reply; never while an input method is composing.
document.addEventListener("keydown", (event) => {
  const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing;
  if (isSend && event.target.matches(".composer textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
