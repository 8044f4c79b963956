"""The operations of Step Functions, a file each."""
