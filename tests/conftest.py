"""Makes tests/ importable, so that every test can use builders.py; no test reads or writes the user's cache."""

import os

os.environ["RISK_SCREEN_CACHE"] = "off"
os.environ["RISK_SCREEN_OTHER_HOSTS"] = "testserver"  # what starlette's client asks for
