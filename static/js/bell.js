// What the bell heard while the page is open: shown for a moment, read out once.
import { announce } from "./announce.js";

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "bell") return;
  const news = document.getElementById("bell-news");
  for (const item of [...news.children]) {
    if (item.matches(".toast")) document.getElementById("toasts").append(item);
    else announce(item.textContent);
  }
  news.replaceChildren();
});

// A toast that has faded leaves no hole in the pile.
document.addEventListener("animationend", (event) => {
  if (event.animationName === "fade" && event.target.matches(".toast")) event.target.remove();
});
