"""Whether there is a terminal: SIGHUP means reload, but for a service whose terminal was closed it means stop."""

import os


def has_terminal() -> bool:
    """Tell whether this process has a terminal that can be reached."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
