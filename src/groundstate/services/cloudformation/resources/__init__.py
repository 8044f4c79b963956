"""The resource types that stacks can hold: one file each, and the table of all."""
