"""Makes tests/rules importable, so that its tests share rulebooks.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
