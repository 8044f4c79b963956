"""The operations of CloudWatch Logs, one file each."""
