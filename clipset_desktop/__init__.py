"""The desktop app: a window for the admin around the embedded core. The only package that knows Qt."""
