"""Background work: Celery entry points that call the services, and the trainer they bring along."""
