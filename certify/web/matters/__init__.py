"""What the pages of several audiences share about a kind of matter: its words, acts and forms."""
