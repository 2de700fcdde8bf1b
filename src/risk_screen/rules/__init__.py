"""The rule language: schema, load, compile, match, evidence in context, check."""
