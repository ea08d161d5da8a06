"""The window for the person at the host. Knows services, events and settings; Qt stays in here."""
