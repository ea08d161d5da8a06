"""Building blocks that several pages share. They know the look and no service."""
