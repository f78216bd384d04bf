"""The application: rules (services), their outside world (adapters), entry points (api, worker, cli)."""
