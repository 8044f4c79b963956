"""IAM's operations, a file for each noun."""
