"""The operations, in files named for their nouns."""
