"""The agents' workbench: pages rendered on the server, kept live by an event stream."""
