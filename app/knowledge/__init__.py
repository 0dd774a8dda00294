"""From the text of an error to its signature and to the articles that solve it."""
