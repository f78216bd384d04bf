"""The rules of the application, free of web, queue and cloud libraries."""
