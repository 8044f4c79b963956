"""One file for each operation, or for a few that belong together."""
