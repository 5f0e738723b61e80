"""The Django project: settings, servers, logs and error pages; nothing of the domain."""
