"""`python -m server`: Clipset without a window. A child imports this module again, so it imports nothing before."""

import sys

if __name__ == "__main__":
    from server.cli import main

    sys.exit(main())
