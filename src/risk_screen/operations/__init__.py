"""One file per thing a user does: load, decide, save, in one transaction."""
