"""The database schema, step by step. A step that was shipped is never edited; a new one follows it."""
