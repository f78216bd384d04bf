"""The outside world: storage, queue, clock. Chosen in `backend/bootstrap.py`, never imported by the rules."""
