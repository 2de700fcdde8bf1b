"""Ports for services of tests: those of one worker of pytest are asked for by no other.

A service that stops lets go of its port while its callers still try it; they must not reach that of another test.
"""

import os


def port_of_this_worker(port: int) -> int:
    """The same port for every test of a worker of pytest, another for each worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return port + 1_000 * int(worker)
