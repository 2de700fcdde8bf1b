"""Makes tests/ importable, so that every test can use builders.py."""
