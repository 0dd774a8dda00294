"""Pictures of the screen, and the text in them."""
