"""The modules of the long form lie beside its short form; it uses the running service of `tests/faults`, too."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faults")]
