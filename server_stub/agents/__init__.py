"""The people of the helpdesk and their signed-in browsers."""
