"""Tickets: intake, conversation, states and what devices and helpdesk staff may see of them."""
