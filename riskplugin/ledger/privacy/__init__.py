"""What nobody may read: secrets that are kept out, and texts that are encrypted at rest."""
