"""Numbered changes of the schema, forward only: `0007_add_map_runs.sql`."""
