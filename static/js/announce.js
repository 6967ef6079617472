// What a screen reader should hear, and what it should not.

// One place for what is said once.
export function announce(text) {
  const status = document.getElementById("announce");
  if (status && text) status.textContent = text;
}

// Change a live region without its being read out.
export function announceNothing(region, change) {
  const live = region.getAttribute("aria-live");
  region.setAttribute("aria-live", "off");
  change();
  setTimeout(() => region.setAttribute("aria-live", live), 500);
}
