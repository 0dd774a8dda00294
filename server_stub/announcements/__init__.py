"""What IT tells everybody."""
