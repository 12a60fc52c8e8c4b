"""What tests share."""

import pytest

pytest.register_assert_rewrite("tests.support.events", "tests.support.kept")
