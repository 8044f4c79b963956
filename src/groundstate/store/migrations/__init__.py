"""Numbered changes of the schema, forward only: `0003_stepfunctions.sql`."""
