"""The HTTP interface for programs: translate, call, answer."""
