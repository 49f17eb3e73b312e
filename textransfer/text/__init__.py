"""Text: from files in many forms to integers on disk."""
