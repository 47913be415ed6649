"""Sample cases: a dozen fictional disputes with their files, the same for the same seed, filed as a user files them."""
