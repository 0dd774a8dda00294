"""Files: resumable receiving, checking, keeping and giving out."""
