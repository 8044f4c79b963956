"""Checks of requests by shape: JSON types, then limits of members."""
