"""After the worked notebooks ran, a table says how long each took and what it complained about."""

import pytest
from execute import Execution, table
from rich.console import Console

EXECUTIONS = pytest.StashKey[list[Execution]]()


def pytest_configure(config):
    config.stash[EXECUTIONS] = []


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[EXECUTIONS]:
        console = Console()
        with console.capture() as capture:
            console.print(table(config.stash[EXECUTIONS]))
        terminalreporter.write_line(capture.get())


@pytest.fixture(scope="session")
def executions(pytestconfig):
    """Return the list of notebooks that ran, in which each is entered."""
    return pytestconfig.stash[EXECUTIONS]
