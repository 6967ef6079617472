// A key the input method has taken (Telex, VNI, kana …) is no command of ours. Safari ends the
// composition before it tells of the last key, and names that one only by its code.
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229 || event.key === "Process";
}
