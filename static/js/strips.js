// Strips that are wider than a phone begin where one is: at the current tab, at today.
function show(strip, part) {
  const room = strip.clientWidth - part.offsetWidth;
  if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = part.offsetLeft - room / 2;
}

for (const tab of document.querySelectorAll(".seg > [aria-current]")) show(tab.parentElement, tab);
for (const day of document.querySelectorAll(".matrix th[data-today]")) show(day.closest(".matrix"), day);
