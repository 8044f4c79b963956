"""The command line, `groundstate`: one file for each command, and what commands share."""
