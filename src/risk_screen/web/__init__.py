"""The page for people: translate a form, call, render."""
