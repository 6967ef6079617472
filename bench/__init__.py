"""How fast it is: `make bench`. See docs/performance.md."""
