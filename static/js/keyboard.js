// Keys for what the page can do; off while typing and while an input method composes.
