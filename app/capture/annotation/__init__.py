"""Marks on a picture: the document, what can be done to it, how it is drawn and how it is kept."""
