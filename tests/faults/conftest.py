"""The modules of the long form lie beside its short form."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
