import pytest

# What these compare is shown when it differs, as in a test; before anything imports them.
pytest.register_assert_rewrite("tests.e2e.chromium", "tests.e2e.desk")
