"""The home folder: what is in it, how it is set up, and how it is opened."""
