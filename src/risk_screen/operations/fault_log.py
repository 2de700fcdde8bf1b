"""Record a fault in one line: what kind and where, never the message of the error."""

import logging
import traceback
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parents[1]
logger = logging.getLogger("risk_screen")


def record_fault(error: BaseException, doing: str) -> None:
    """Log what failed and where; never the message of the error, which may hold a citizen's text."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(PACKAGE)]
    place = f"{Path(ours[-1].filename).relative_to(PACKAGE).as_posix()}:{ours[-1].lineno}" if ours else "程序所用的库中"
    logger.error("内部错误 %s，位于 %s（%s）", type(error).__name__, place, doing)
