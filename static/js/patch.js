// Changes what stands on the page into what the server says, touching only what differs: what has
// the focus keeps it, what was typed stays, an open list stays open.

const OWN = new Set(["open", "data-sent"]); // what the browser or we have set since

export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

// An element marked data-keep looks after its inside itself, one marked data-same is a stub.
export function patch(old, fresh) {
  if (fresh.hasAttribute("data-same") || old.isEqualNode(fresh)) return;
  patchAttributes(old, fresh);
  if (old.matches("input, textarea, select")) patchField(old, fresh);
  else if (!old.hasAttribute("data-keep")) patchChildren(old, fresh);
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (old.getAttribute(name) !== value && !OWN.has(name)) old.setAttribute(name, value);
  }
}

function patchField(old, fresh) {
  if (old === document.activeElement || old.type === "checkbox" || old.type === "radio") return;
  if (old.matches("textarea")) {
    if (old.value !== old.defaultValue) return; // being written
    old.defaultValue = fresh.defaultValue;
  } else if (old.matches("select")) {
    const chosen = old.value;
    patchChildren(old, fresh);
    if ([...old.options].some((option) => option.value === chosen)) old.value = chosen;
  }
}

// Children with an id are matched by it, the others by kind and place.
export function patchChildren(old, fresh) {
  const named = new Map([...old.children].filter((el) => el.id).map((el) => [el.id, el]));
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let match = node.id ? named.get(node.id) : null;
    if (!match && !node.id) match = isAlike(place, node) ? place : null;
    if (match && match.nodeName !== node.nodeName) match = null;
    if (!match) {
      old.insertBefore(document.adoptNode(node), place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else old.insertBefore(match, place);
    if (match.nodeType === Node.ELEMENT_NODE) patch(match, node);
    else if (match.nodeValue !== node.nodeValue) match.nodeValue = node.nodeValue;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function isAlike(old, fresh) {
  return old !== null && old.nodeName === fresh.nodeName && !old.id;
}
