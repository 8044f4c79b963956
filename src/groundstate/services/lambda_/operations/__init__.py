"""The operations of Lambda, one file each."""
