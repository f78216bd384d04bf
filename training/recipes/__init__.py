"""Recipes: which images a model of this project was trained on, and how."""
