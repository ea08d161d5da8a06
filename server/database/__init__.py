"""The engine, its pragmas and short sessions. Knows no table."""
