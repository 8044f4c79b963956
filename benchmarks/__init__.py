"""Measurements, side by side in one run. No test: nothing here has a time limit."""
