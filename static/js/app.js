// Adds to pages that work without it: nothing here is needed.
import "./forms.js";
import "./bell.js";
import "./live.js";
import "./composer.js";
import "./menus.js"; // before the keys: an Escape that closed a menu is used up
import "./keyboard.js";
import "./strips.js";
import "./queue.js";
