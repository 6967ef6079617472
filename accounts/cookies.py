"""Cookies that carry language and theme while nobody is signed in."""

LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"
