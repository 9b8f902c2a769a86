"""The settings of Django's test suite, with a runner that notes each test's outcome."""

from test_sqlite import *  # type: ignore[import-not-found] # noqa: F403 - of Django's tests

TEST_RUNNER = "suite_runner.Runner"
