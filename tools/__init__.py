"""The project's own tooling; not part of the installed package."""
