"""Carries out deployments: plans steps, runs them, and takes them back."""
