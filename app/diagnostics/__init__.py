"""What the device can say about itself: facts for a ticket and findings with advice, from an allow-list only."""
