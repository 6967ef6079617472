// Adds to pages that work without it: nothing here is needed.
import "./forms.js";
import "./bell.js";
import "./live.js";
import "./composer.js";
import "./keyboard.js";
import "./strips.js";
import "./queue.js";
