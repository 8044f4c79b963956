"""The eight state types, one file each, and what several of them share."""
