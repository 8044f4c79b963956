"""Fuzz targets, run by hand: see CONTRIBUTING.md."""
