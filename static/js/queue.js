// The queue: whom to give a conversation to is asked above the page; without scripts on its own.
const dialog = () => document.getElementById("assign");

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "assign-box") dialog().showPopover();
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.closest?.("#assign") && event.detail.successful) dialog().hidePopover();
});
