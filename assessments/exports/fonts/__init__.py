"""The fonts of the documents: files from elsewhere (README.md), and what they have."""
