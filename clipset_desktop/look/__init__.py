"""How the window looks: tokens to palette, style sheet and icons. Names no colour itself."""
