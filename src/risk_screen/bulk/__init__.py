"""Files of any size: read rows, screen them in several processes, write one row for each."""
