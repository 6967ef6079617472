"""A long history of the demo company in bulk: `manage.py seed_demo --messages 1000000`.

Read in this order: `traffic` (when customers write), `people` (who is at work), `scripts` (what is
said), `story` (one cycle as it went), `rows` and `clocks` (what the services would have written of
it), `writer` (COPY), `run` (day after day, each chunk in a transaction of its own).
"""
