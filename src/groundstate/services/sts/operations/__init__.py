"""STS's operations, a file for each."""
