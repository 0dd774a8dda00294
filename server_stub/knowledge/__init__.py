"""Articles, the ranking index made of them and what became of suggestions."""
