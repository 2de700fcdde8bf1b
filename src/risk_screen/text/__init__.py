"""Read a Chinese text: fold, segment, promised returns, identifiers. Knows no rule, does no I/O."""
